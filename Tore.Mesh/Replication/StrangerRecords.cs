using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>
/// Records that came before word of their author did: few, for a short while, and unread, since anybody can make keys. The oldest
/// makes way; whoever is lost that way is asked for when tables are compared.
/// </summary>
internal sealed class StrangerRecords
{
    /// <summary>Word of a member takes a few gossip rounds.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    private readonly List<(TimeSpan At, CapabilityRecord Record)> _records = [];

    /// <summary>How many there are, those included whose time is over.</summary>
    public int Count => _records.Count;

    /// <summary>Puts one aside.</summary>
    public void Add(CapabilityRecord record, TimeSpan now)
    {
        _records.RemoveAll(kept => kept.At + Life <= now);
        if (_records.Count == Limits.CapabilityStrangers)
        {
            _records.RemoveAt(0);
        }
        _records.Add((now, record));
    }

    /// <summary>Gives what is here of a node, and keeps it no longer.</summary>
    public List<CapabilityRecord> Take(NodeId node, TimeSpan now)
    {
        List<CapabilityRecord> found = [];
        _records.RemoveAll(kept =>
        {
            if (kept.Record.Node == node && kept.At + Life > now)
            {
                found.Add(kept.Record);
                return true;
            }
            return kept.At + Life <= now;
        });
        return found;
    }
}
