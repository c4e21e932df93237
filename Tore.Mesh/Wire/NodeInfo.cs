using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>What a node can do and how busy it is, as its <see cref="CapabilityRecord"/> and its <see cref="LoadRecord"/> tell.</summary>
internal readonly record struct NodeInfo
{
    /// <summary>Makes an empty description.</summary>
    public NodeInfo()
    {
    }

    /// <summary>The node.</summary>
    public NodeId Node { get; init; }

    /// <summary>URL of its HTTP interface; null without.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>Program version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Kernel set in use.</summary>
    public string Isa { get; init; } = "";

    /// <summary>Version and hash of its arithmetic; stages of one route have equal ones.</summary>
    public string EngineFingerprint { get; init; } = "";

    /// <summary>Sequences that each stage there runs at once.</summary>
    public int Slots { get; init; }

    /// <summary>Sequences running there now.</summary>
    public int SlotsInUse { get; init; }

    /// <summary>Requests that entered there and run.</summary>
    public int Running { get; init; }

    /// <summary>What it runs on.</summary>
    public WireHardware Hardware { get; init; } = WireHardware.Unknown;

    /// <summary>How it takes activations.</summary>
    public IReadOnlyList<WireTransport> Transports { get; init; } = [];

    /// <summary>Whether it leaves: it takes no new sequence.</summary>
    public bool IsDraining { get; init; }

    /// <summary>The models it holds.</summary>
    public IReadOnlyList<HeldModel> Models { get; init; } = [];

    /// <summary>Appends what a <see cref="CapabilityRecord"/> says: neither load nor what its member record tells.</summary>
    public void WriteCapabilities(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(9);
        writer.Write(HttpAddress);
        writer.Write(Version);
        writer.Write(Isa);
        writer.Write(EngineFingerprint);
        writer.Write(Slots);
        writer.Write(IsDraining);
        Hardware.Write(ref writer);
        writer.WriteArrayHeader(Transports.Count);
        for (int i = 0; i < Transports.Count; i++)
        {
            Transports[i].Write(ref writer);
        }
        writer.WriteArrayHeader(Models.Count);
        for (int i = 0; i < Models.Count; i++)
        {
            Models[i].Write(ref writer);
        }
    }

    /// <summary>Reads what a <see cref="CapabilityRecord"/> of <paramref name="node"/> says.</summary>
    public static bool TryReadCapabilities(ref MessagePackReader reader, NodeId node, out NodeInfo info)
    {
        info = default;
        if (!reader.TryReadFields(9, out int added)
            || !reader.TryReadOptional(Limits.WireNameBytes, out string? http)
            || !reader.TryRead(Limits.WireNameBytes, out string version)
            || !reader.TryRead(Limits.WireNameBytes, out string isa)
            || !reader.TryRead(Limits.WireNameBytes, out string fingerprint)
            || !reader.TryReadCount(out int slots)
            || !reader.TryRead(out bool draining)
            || !WireHardware.TryRead(ref reader, out WireHardware hardware)
            || !TryReadTransports(ref reader, out WireTransport[] transports)
            || !TryReadModels(ref reader, out HeldModel[] models)
            || !reader.TrySkip(added))
        {
            return false;
        }
        info = new NodeInfo
        {
            Node = node,
            HttpAddress = http,
            Version = version,
            Isa = isa,
            EngineFingerprint = fingerprint,
            Slots = slots,
            IsDraining = draining,
            Hardware = hardware,
            Transports = transports,
            Models = models,
        };
        return true;
    }

    private static bool TryReadTransports(ref MessagePackReader reader, out WireTransport[] transports)
    {
        transports = [];
        if (!reader.TryReadArrayHeader(Limits.WireTransports, out int count))
        {
            return false;
        }
        transports = new WireTransport[count];
        for (int i = 0; i < count; i++)
        {
            if (!WireTransport.TryRead(ref reader, out transports[i]))
            {
                return false;
            }
        }
        return true;
    }

    private static bool TryReadModels(ref MessagePackReader reader, out HeldModel[] models)
    {
        models = [];
        if (!reader.TryReadArrayHeader(Limits.WireModels, out int count))
        {
            return false;
        }
        models = new HeldModel[count];
        for (int i = 0; i < count; i++)
        {
            if (!HeldModel.TryRead(ref reader, out models[i]))
            {
                return false;
            }
        }
        return true;
    }
}
