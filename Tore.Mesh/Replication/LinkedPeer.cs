using Tore.Mesh.Primitives;

namespace Tore.Mesh.Replication;

/// <summary>A peer with a control link, and what is under way with it.</summary>
internal sealed class LinkedPeer(NodeId id)
{
    /// <summary>The peer.</summary>
    public NodeId Id { get; } = id;

    /// <summary>Its place among the linked.</summary>
    public int Index { get; set; }

    /// <summary>When it was sent a digest; its summary is expected for a while. Null: none is.</summary>
    public TimeSpan? DigestSentAt { get; set; }

    /// <summary>Up to which id its summary was read; it goes on from there.</summary>
    public NodeId ReadUpTo { get; set; }

    /// <summary>When it was sent a summary; its offer is expected for a while.</summary>
    public TimeSpan? SummarySentAt { get; set; }
}
