using Tore.Mesh.Identity;

namespace Tore.Mesh.Harness.Machines;

/// <summary>All keys of a run: makes them, and checks signatures, which takes the secret here.</summary>
internal sealed class SimulatedKeys(SeededRandom random) : ISignatureVerifier
{
    private const int PointOffset = 27;

    private readonly Dictionary<ulong, SimulatedKey> _keys = [];

    /// <summary>The first bytes of every P-256 key (SubjectPublicKeyInfo up to the point).</summary>
    private static ReadOnlySpan<byte> Prefix =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
        0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>A new key.</summary>
    public SimulatedKey Make()
    {
        byte[] publicKey = new byte[91];
        Prefix.CopyTo(publicKey);
        random.NextBytes(publicKey.AsSpan(PointOffset));
        var key = new SimulatedKey(publicKey, random.NextBits());
        _keys[Point(publicKey)] = key;
        return key;
    }

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        publicKey.Length > PointOffset + sizeof(ulong)
        && _keys.TryGetValue(Point(publicKey), out SimulatedKey? key)
        && key.PublicKey.SequenceEqual(publicKey)
        && key.Verifies(data, signature);

    private static ulong Point(ReadOnlySpan<byte> publicKey) => BitConverter.ToUInt64(publicKey[PointOffset..]);
}
