using Tore.Mesh.Primitives;

namespace Tore.Mesh.Replication;

/// <summary>The peers with a control link, in an order that follows from what happened, so that draws from it replay.</summary>
internal sealed class LinkedPeers
{
    private readonly Dictionary<NodeId, LinkedPeer> _byId = [];
    private readonly List<LinkedPeer> _all = [];

    /// <summary>How many.</summary>
    public int Count => _all.Count;

    /// <summary>One by its place.</summary>
    public LinkedPeer this[int index] => _all[index];

    /// <summary>One by its id; null where there is no link.</summary>
    public LinkedPeer? Find(NodeId peer) => _byId.GetValueOrDefault(peer);

    /// <summary>A link stands; true when there was none with this peer.</summary>
    public bool Add(NodeId peer)
    {
        var linked = new LinkedPeer(peer) { Index = _all.Count };
        if (!_byId.TryAdd(peer, linked))
        {
            return false;
        }
        _all.Add(linked);
        return true;
    }

    /// <summary>No link is left with a peer.</summary>
    public void Remove(NodeId peer)
    {
        if (_byId.Remove(peer, out LinkedPeer? linked))
        {
            LinkedPeer last = _all[^1];
            _all[linked.Index] = last;
            last.Index = linked.Index;
            _all.RemoveAt(_all.Count - 1);
        }
    }

    /// <summary>Draws up to <paramref name="count"/> different ones, without <paramref name="not"/>.</summary>
    public IEnumerable<LinkedPeer> Draw(int count, NodeId not, Random random)
    {
        // Enough beginnings of a shuffle: places already drawn move to the front.
        for (int i = 0, drawn = 0; i < _all.Count && drawn < count; i++)
        {
            int at = random.Next(i, _all.Count);
            (_all[i], _all[at]) = (_all[at], _all[i]);
            (_all[i].Index, _all[at].Index) = (i, at);
            if (_all[i].Id != not)
            {
                drawn++;
                yield return _all[i];
            }
        }
    }
}
