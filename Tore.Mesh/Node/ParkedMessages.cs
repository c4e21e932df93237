using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Node;

/// <summary>
/// Control messages for members without a link, while one is being dialled: only in meshes too large for everybody to be linked with
/// everybody. Bounded in number; what nobody came for is dropped by whoever asks after its time. Any thread may call.
/// </summary>
internal sealed class ParkedMessages
{
    /// <summary>For one peer: a request takes some five.</summary>
    private const int PerPeer = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, List<Action<Link>>> _waiting = [];
    private int _count;

    /// <summary>
    /// Keeps a message; false when there is no room. <paramref name="isFirst"/> tells that no other waits for this peer: it is to be
    /// dialled, and what still waits after a while to be dropped.
    /// </summary>
    public bool TryAdd(NodeId peer, Action<Link> send, out bool isFirst)
    {
        isFirst = false;
        lock (_gate)
        {
            if (_count >= Limits.ParkedMessages)
            {
                return false;
            }
            if (!_waiting.TryGetValue(peer, out List<Action<Link>>? messages))
            {
                _waiting[peer] = messages = [];
                isFirst = true;
            }
            if (messages.Count >= PerPeer)
            {
                return false;
            }
            messages.Add(send);
            _count++;
            return true;
        }
    }

    /// <summary>Sends what waits for a peer, in its order, over a link that stands now.</summary>
    public void Send(NodeId peer, Link link)
    {
        foreach (Action<Link> send in Take(peer))
        {
            send(link);
        }
    }

    /// <summary>Drops what waits for a peer; true when something did.</summary>
    public bool Drop(NodeId peer) => Take(peer).Count > 0;

    private List<Action<Link>> Take(NodeId peer)
    {
        lock (_gate)
        {
            if (!_waiting.Remove(peer, out List<Action<Link>>? messages))
            {
                return [];
            }
            _count -= messages.Count;
            return messages;
        }
    }
}
