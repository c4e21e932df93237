using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>What is held of one member.</summary>
internal sealed class CapabilityEntry
{
    /// <summary>
    /// An author passes fewer on (<see cref="CapabilityAuthor"/>); what comes faster is noise, and every replica would have to check
    /// its signature and pass it on.
    /// </summary>
    public RateGate Records = new(burst: 32, TimeSpan.FromSeconds(1));

    /// <inheritdoc cref="Records"/>
    public RateGate Loads = new(burst: 4, CapabilityAuthor.LoadInterval / 2);

    /// <summary>A member of whom nothing is known yet.</summary>
    public CapabilityEntry(ReadOnlyMemory<byte> publicKey) => PublicKey = publicKey;

    /// <summary>Its key.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Its last record; null before the first.</summary>
    public CapabilityRecord? Record { get; set; }

    /// <summary>Its last load; null before the first.</summary>
    public LoadRecord? Load { get; set; }

    /// <summary>Whether it was caught with two bodies under one stamp.</summary>
    public bool IsCloned { get; set; }

    /// <summary>Both together; null before the first record. The load of an earlier incarnation is another process's.</summary>
    public NodeInfo? Info => Record is not { } record
        ? null
        : Load is { } load && load.Stamp.Incarnation >= record.Stamp.Incarnation
            ? record.Info with { SlotsInUse = load.SlotsInUse, Running = load.Running }
            : record.Info;
}
