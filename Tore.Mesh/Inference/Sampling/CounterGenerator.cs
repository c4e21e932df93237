namespace Tore.Mesh.Inference.Sampling;

/// <summary>
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): random words that depend only on
/// a key and a counter, so that any node can repeat the draw of any position.
/// </summary>
internal static class CounterGenerator
{
    private const uint Multiplier0 = 0xD251_1F53;
    private const uint Multiplier1 = 0xCD9E_8D57;
    private const uint KeyStep0 = 0x9E37_79B9;
    private const uint KeyStep1 = 0xBB67_AE85;
    private const int Rounds = 10;

    /// <summary>A number in [0, 1), a multiple of 2^-24, for a seed and a position.</summary>
    public static float Uniform(ulong seed, int position) => (Block(seed, (uint)position, 0, 0, 0).Word0 >> 8) * (1f / (1 << 24));

    /// <summary>The four words of a key (low half first) and a counter.</summary>
    public static (uint Word0, uint Word1, uint Word2, uint Word3) Block(ulong key, uint c0, uint c1, uint c2, uint c3)
    {
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += KeyStep0;
            k1 += KeyStep1;
        }
        return (c0, c1, c2, c3);
    }
}
