using System.Net;
using System.Threading.Channels;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>One link of the running responder: its socket, its core, and the packets that wait for the core.</summary>
internal sealed class MdnsLink : IMdnsEffects, IAsyncDisposable
{
    private readonly MdnsSocket _socket;
    private readonly MdnsSightings _sightings;
    private readonly MdnsThrottle _throttle = new(Limits.MdnsPacketsPerSecond);
    private readonly Channel<(DnsMessage, MdnsSource)> _received;
    private readonly CancellationTokenSource _stop = new();
    private Task _receiving = Task.CompletedTask;
    private volatile bool _hasHeard;

    /// <summary>Takes a link into use.</summary>
    public MdnsLink(MdnsInterface link, MdnsSocket socket, MdnsNode own, MdnsKin kin, MdnsSightings sightings, Random random)
    {
        Interface = link;
        _socket = socket;
        _sightings = sightings;
        Core = new MdnsCore(own, link, kin, this, random);
        // Wait, so that TryWrite says when it is full; a packet that finds no room is dropped and counted.
        _received = Channel.CreateBounded<(DnsMessage, MdnsSource)>(
            new BoundedChannelOptions(Limits.MdnsPacketsWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    }

    /// <summary>Which link it is, with its present addresses.</summary>
    public MdnsInterface Interface { get; set; }

    /// <summary>What decides.</summary>
    public MdnsCore Core { get; }

    /// <summary>When it was taken into use.</summary>
    public TimeSpan OpenedAt { get; init; }

    /// <summary>Whether any packet came in on it, be it this node's own.</summary>
    public bool HasHeard => _hasHeard;

    /// <summary>Receiving has ended by itself: the interface is no more.</summary>
    public bool IsBroken => _receiving.IsCompleted;

    /// <summary>Begins to receive.</summary>
    public void Receive(IMdnsReceiver receiver) => _receiving = ReceiveAsync(receiver);

    /// <summary>Takes a packet for the core; false when it is dropped.</summary>
    public bool TryTake(ReadOnlySpan<byte> packet, IPEndPoint sender, bool isMulticast) =>
        !DnsReader.TryRead(packet, out DnsMessage message)
        || _received.Writer.TryWrite((message, new MdnsSource(sender, isMulticast, Interface.IsOnLink(sender.Address))));

    /// <summary>Hands at most <paramref name="most"/> waiting packets to the core; false when there were none.</summary>
    public bool Feed(int most, TimeSpan now)
    {
        int fed = 0;
        while (fed < most && _received.Reader.TryRead(out (DnsMessage Message, MdnsSource Source) next))
        {
            Core.OnMessage(next.Message, next.Source, now);
            fed++;
        }
        return fed > 0;
    }

    /// <summary>Closes the socket and forgets what was seen here; the core has said its goodbye.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _receiving;
        _stop.Dispose();
        _sightings.Lost(this);
    }

    bool IMdnsEffects.Send(DnsMessage message) => _socket.TrySend(message);

    void IMdnsEffects.SendTo(IPEndPoint asker, DnsMessage message) => _socket.TrySend(message, asker);

    void IMdnsEffects.Found(DnsName instance, MdnsNode node) => _sightings.Found(this, instance, node);

    void IMdnsEffects.Lost(DnsName instance) => _sightings.Lost(this, instance);

    private async Task ReceiveAsync(IMdnsReceiver receiver)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                (ReadOnlyMemory<byte> packet, IPEndPoint sender, System.Net.Sockets.IPPacketInformation to) =
                    await _socket.ReceiveAsync(_stop.Token);
                bool isMulticast = to.Address.IsIPv6Multicast || to.Address.GetAddressBytes()[0] is >= 224 and < 240;
                // A packet to all reaches each link's own socket; one to this machine alone reaches whichever the system likes.
                MdnsLink? link = to.Interface == Interface.Index ? this
                    : isMulticast ? null : receiver.LinkOf((to.Interface, Interface.Key.Family));
                if (link is not null)
                {
                    link._hasHeard = true;
                }
                if (link is null || !_throttle.Allows(sender.Address, receiver.Now))
                {
                    continue;
                }
                receiver.Received(link.TryTake(packet.Span, sender, isMulticast));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // Closed, or the interface is gone: the responder looks after that.
        }
    }
}
