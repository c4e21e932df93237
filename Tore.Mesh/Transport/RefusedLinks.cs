using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>
/// The connections that became no link, together by address, peer and reason, so that `tore doctor` can say who was turned away.
/// Bounded: beyond <see cref="Limits.RefusedLinks"/> the one that was not repeated for longest goes. Any thread may call.
/// </summary>
internal sealed class RefusedLinks(TimeProvider time)
{
    private readonly Lock _gate = new();

    /// <summary>The one repeated last stands last.</summary>
    private readonly List<RefusedLink> _links = [];

    /// <summary>All of them, the latest first.</summary>
    public IReadOnlyList<RefusedLink> Snapshot
    {
        get
        {
            lock (_gate)
            {
                RefusedLink[] links = [.. _links];
                Array.Reverse(links);
                return links;
            }
        }
    }

    /// <summary>Takes one down.</summary>
    public void Add(EndPoint remote, NodeId? peer, ToreException reason)
    {
        string address = AddressOf(remote);
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            int at = _links.FindIndex(l => l.Address == address && l.Peer == peer && l.Code == reason.Code);
            RefusedLink link = at < 0
                ? new RefusedLink(address, peer, reason.Code, reason.Message, now, now, 1)
                : _links[at] with { Text = reason.Message, LastAt = now, Count = _links[at].Count + 1 };
            if (at >= 0 || _links.Count == Limits.RefusedLinks)
            {
                _links.RemoveAt(Math.Max(at, 0));
            }
            _links.Add(link);
        }
    }

    private static string AddressOf(EndPoint remote) => remote is IPEndPoint { Address: var address }
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : remote.ToString() ?? "";
}
