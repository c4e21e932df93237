namespace Tore.Mesh.Harness;

/// <summary>
/// A number that stands for all that happened, in order. Two runs of one seed have the same; where they do not, something drew chance,
/// time or order from outside the simulation.
/// </summary>
internal sealed class TraceHash
{
    private ulong _hash = Mixing.Golden;

    /// <summary>The number now.</summary>
    public ulong Value => Mixing.Finish(_hash);

    /// <summary>Something happened.</summary>
    public void Add(TimeSpan at, int machine, int kind, ulong detail)
    {
        _hash = Mixing.Mix(_hash, (ulong)at.Ticks);
        _hash = Mixing.Mix(_hash, ((ulong)(uint)machine << 32) | (uint)kind);
        _hash = Mixing.Mix(_hash, detail);
    }

    /// <summary>Bytes that somebody got or wrote.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => _hash = Mixing.Mix(_hash, bytes);
}
