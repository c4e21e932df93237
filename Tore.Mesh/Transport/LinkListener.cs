using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>
/// Takes links: accepts connections, runs their handshakes side by side within the limits, and gives out the links that stand.
/// A peer that dawdles holds up nobody but itself.
/// </summary>
internal sealed class LinkListener : IAsyncDisposable
{
    private readonly ITransportListener _listener;
    private readonly LinkOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Channel<Link> _ready = Channel.CreateBounded<Link>(
        new BoundedChannelOptions(Limits.PendingHandshakes) { FullMode = BoundedChannelFullMode.Wait });

    private readonly Lock _counting = new();
    private readonly Dictionary<IPAddress, int> _pendingByAddress = [];
    private readonly Dictionary<NodeId, int> _linksByPeer = [];
    private readonly ConcurrentDictionary<Task, bool> _handshakes = new();
    private readonly Task _accepting;
    private readonly RefusedLinks _refusals;
    private int _pending;
    private long _refused;

    private LinkListener(ITransportListener listener, LinkOptions options)
    {
        _listener = listener;
        _options = options;
        _refusals = new RefusedLinks(options.TimeProvider);
        _accepting = AcceptLoopAsync();
    }

    /// <summary>Where it listens, with the port that the system chose.</summary>
    public EndPoint EndPoint => _listener.EndPoint;

    /// <summary>Connections that became no link: over a limit, or failed in their handshake.</summary>
    public long RefusedLinks => Interlocked.Read(ref _refused);

    /// <summary>The same by address, peer and reason, the latest first; bounded.</summary>
    public IReadOnlyList<RefusedLink> Refusals => _refusals.Snapshot;

    /// <summary>Listens on <paramref name="endpoint"/>; throws <c>port_in_use</c> or <c>address_not_available</c>.</summary>
    public static LinkListener Start(ITransport transport, EndPoint endpoint, LinkOptions options) =>
        new(transport.Listen(endpoint), options);

    /// <summary>A link that stood was of no use: it counts as refused.</summary>
    public void NoteRefusal(Link link, ToreException reason) => Refuse(link.RemoteEndPoint, link.Peer.Id, reason);

    /// <summary>The next link that stands; null once disposed.</summary>
    public async ValueTask<Link?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _ready.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_ready.Reader.TryRead(out Link? link))
            {
                return link;
            }
        }
        return null;
    }

    /// <summary>Stops listening and ends handshakes under way; links given out live on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _listener.DisposeAsync();
        await _accepting;
        await Task.WhenAll(_handshakes.Keys);
        _ready.Writer.TryComplete();
        while (_ready.Reader.TryRead(out Link? link))
        {
            await link.CloseAsync(ErrorCodes.Draining, "The node is shutting down.");
        }
    }

    private async Task AcceptLoopAsync()
    {
        while (!_disposed.IsCancellationRequested && await NextAsync() is { } connection)
        {
            if (!TryEnter(connection.RemoteEndPoint))
            {
                var reason = new ToreException(ErrorCodes.TooManyLinks, "Too many links are being set up at once.");
                Refuse(connection.RemoteEndPoint, peer: null, reason);
                connection.Abort(reason);
                continue;
            }
            Task handshake = HandshakeAsync(connection);
            _handshakes.TryAdd(handshake, true);
            _ = handshake.ContinueWith(done => _handshakes.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task<ITransportConnection?> NextAsync()
    {
        try
        {
            return await _listener.AcceptAsync(_disposed.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task HandshakeAsync(ITransportConnection connection)
    {
        EndPoint remote = connection.RemoteEndPoint;
        ToreException? refused = null;
        try
        {
            Link link = await Link.AcceptAsync(connection, _options, _disposed.Token);
            if (!TryCount(link.Peer.Id))
            {
                var reason = new ToreException(ErrorCodes.TooManyLinks, $"One peer may have {Limits.LinksPerPeer} links here.");
                await link.CloseAsync(reason.Code, reason.Message);
                throw reason;
            }
            _ = UncountWhenClosedAsync(link);
            await _ready.Writer.WriteAsync(link, _disposed.Token);
        }
        catch (ToreException reason)
        {
            refused = reason;
        }
        catch (OperationCanceledException)
        {
            connection.Abort(new ToreException(ErrorCodes.Draining, "The node is shutting down."));
        }
        finally
        {
            Leave(remote);
        }
        // Told only once its place is free: who watches the count may come again at once.
        if (refused is not null)
        {
            Refuse(remote, connection.RemoteIdentity?.Id, refused);
        }
    }

    private void Refuse(EndPoint remote, NodeId? peer, ToreException reason)
    {
        // The count comes last: who watches it may look at the list at once.
        _refusals.Add(remote, peer, reason);
        Interlocked.Increment(ref _refused);
        _options.Logger.LogDebug("No link from {Remote}: {Code}: {Reason}", remote, reason.Code, reason.Message);
    }

    private bool TryEnter(EndPoint remote)
    {
        lock (_counting)
        {
            if (_pending >= Limits.PendingHandshakes)
            {
                return false;
            }
            if (remote is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address))
            {
                ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_pendingByAddress, address, out _);
                if (count >= Limits.PendingHandshakesPerAddress)
                {
                    return false;
                }
                count++;
            }
            _pending++;
            return true;
        }
    }

    private void Leave(EndPoint remote)
    {
        lock (_counting)
        {
            _pending--;
            if (remote is IPEndPoint { Address: var address } && _pendingByAddress.TryGetValue(address, out int count))
            {
                Lower(_pendingByAddress, address, count);
            }
        }
    }

    private bool TryCount(NodeId peer)
    {
        lock (_counting)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_linksByPeer, peer, out _);
            if (count >= Limits.LinksPerPeer)
            {
                return false;
            }
            count++;
            return true;
        }
    }

    private async Task UncountWhenClosedAsync(Link link)
    {
        await link.Closed;
        lock (_counting)
        {
            Lower(_linksByPeer, link.Peer.Id, _linksByPeer[link.Peer.Id]);
        }
    }

    private static void Lower<TKey>(Dictionary<TKey, int> counts, TKey key, int count)
        where TKey : notnull
    {
        if (count <= 1)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count - 1;
        }
    }
}
