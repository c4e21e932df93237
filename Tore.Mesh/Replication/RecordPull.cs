using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>
/// Records that one peer has and this node wants, asked for a batch at a time: the next goes out when the last has come, so that what
/// is under way fits a send queue whatever the size of the mesh.
/// </summary>
internal sealed class RecordPull
{
    /// <summary>Without an answer for so long the rest is given up; it shows again at the next comparison.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SortedSet<NodeId> _wanted = [];
    private readonly SortedSet<NodeId> _asked = [];

    /// <summary>Begins a pull from a peer.</summary>
    public RecordPull(NodeId peer) => Peer = peer;

    /// <summary>Who is asked.</summary>
    public NodeId Peer { get; }

    /// <summary>When it is given up.</summary>
    public TimeSpan Deadline { get; private set; }

    /// <summary>Whether all has come.</summary>
    public bool IsDone => _wanted.Count == 0 && _asked.Count == 0;

    /// <summary>Adds a node whose record the peer has.</summary>
    public void Want(NodeId node)
    {
        if (!_asked.Contains(node))
        {
            _wanted.Add(node);
        }
    }

    /// <summary>A record has come, from whomever. True when it was asked for here.</summary>
    public bool Take(NodeId node, TimeSpan now)
    {
        _wanted.Remove(node);
        if (!_asked.Remove(node))
        {
            return false;
        }
        Deadline = now + Patience;
        return true;
    }

    /// <summary>The next batch to ask for; null while one is under way, or when there is none.</summary>
    public CapabilityRequest? Next(TimeSpan now)
    {
        if (_asked.Count > 0 || _wanted.Count == 0)
        {
            return null;
        }
        foreach (NodeId node in _wanted)
        {
            _asked.Add(node);
            if (_asked.Count == Limits.CapabilityRequestNodes)
            {
                break;
            }
        }
        _wanted.ExceptWith(_asked);
        Deadline = now + Patience;
        return new CapabilityRequest([.. _asked]);
    }
}
