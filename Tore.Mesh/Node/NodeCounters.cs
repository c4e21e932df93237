namespace Tore.Mesh.Node;

/// <summary>What a node counts since its start; for <c>/metrics</c>.</summary>
public sealed record NodeCounters
{
    /// <summary>Requests that entered here and got a route.</summary>
    public required long RoutesOpened { get; init; }

    /// <summary>Requests that entered here and got none.</summary>
    public required long RoutesRefused { get; init; }

    /// <summary>Requests of all entry nodes that hold or wait for a slot on stages here.</summary>
    public required int StageRoutes { get; init; }

    /// <summary>Frames of routes that pass here.</summary>
    public required long Frames { get; init; }

    /// <summary>Tokens drawn that came through here as frames.</summary>
    public required long Tokens { get; init; }

    /// <summary>Bytes reserved for key-value caches.</summary>
    public required long KeyValueBytes { get; init; }

    /// <summary>Floating-point operations run by the layers that are loaded now.</summary>
    public required long Flops { get; init; }

    /// <summary>Connections that became no link.</summary>
    public required long RefusedLinks { get; init; }

    /// <summary>Control messages that full queues refused.</summary>
    public required long DroppedMessages { get; init; }

    /// <summary>Messages that could not be understood in their place.</summary>
    public required long BadMessages { get; init; }

    /// <summary>mDNS packets that found no room.</summary>
    public required long DroppedDiscovery { get; init; }

    /// <summary>Members probed.</summary>
    public required long Probes { get; init; }

    /// <summary>Probes that nobody answered, directly or for another.</summary>
    public required long ProbesFailed { get; init; }

    /// <summary>Members that became suspect here.</summary>
    public required long Suspicions { get; init; }

    /// <summary>Suspicions that ended because the member answered this node's own probe.</summary>
    public required long SuspicionsAnswered { get; init; }

    /// <summary>False suspicions of this very node, which it refuted.</summary>
    public required long Refutations { get; init; }

    /// <summary>Members declared dead here.</summary>
    public required long Deaths { get; init; }

    /// <summary>Members declared dead here that came back.</summary>
    public required long Revivals { get; init; }

    /// <summary>Times that this node noticed that it had stood still.</summary>
    public required long Stalls { get; init; }

    /// <summary>Gossip that full queues or broken links dropped.</summary>
    public required long DroppedGossip { get; init; }
}
