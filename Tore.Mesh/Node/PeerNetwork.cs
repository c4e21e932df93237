using System.Net;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// The shell around <see cref="PeerDirectory"/>: listens, dials, runs the links' receive loops, and finds the way to a node. The
/// directory is called under one lock; what it asks for (sending, closing, dialling) never blocks and never calls back into it.
/// </summary>
internal sealed partial class PeerNetwork : IPeerEffects, IMdnsListener, IRouteLinks, IAsyncDisposable
{
    private readonly PeerNetworkOptions _options;
    private readonly IPeerTraffic _traffic;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly PeerDirectory _directory;
    private readonly Dictionary<long, Link> _control = [];
    private readonly OwnedTasks _tasks = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly LocalTarget _local;
    private LinkListener? _listener;
    private PeerSnapshot _snapshot = PeerSnapshot.Empty;
    private bool _membersChanged;
    private long _lastLink;

    /// <summary>Makes a network that knows nobody and does not listen yet.</summary>
    public PeerNetwork(PeerNetworkOptions options, IPeerTraffic traffic)
    {
        _options = options;
        _traffic = traffic;
        _logger = options.Logger;
        Self = options.Links.Identity.Id;
        _local = new LocalTarget(Self, traffic);
        _directory = new PeerDirectory(Self, options.Directory, this, options.Random);
        _timer = options.Time.CreateTimer(_ => Act(static (directory, now) => directory.OnTimer(now)), null,
            Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public NodeId Self { get; }

    /// <summary>The members now.</summary>
    public PeerSnapshot Members => Volatile.Read(ref _snapshot);

    /// <summary>Connections that became no link.</summary>
    public long RefusedLinks => _listener?.RefusedLinks ?? 0;

    /// <summary>Messages that full queues refused, of the links that stand.</summary>
    public long DroppedMessages
    {
        get
        {
            lock (_gate)
            {
                return _control.Values.Sum(l => l.DroppedMessages);
            }
        }
    }

    private TimeSpan Now => _options.Time.GetElapsedTime(0);

    /// <summary>Listens and takes links; throws <c>port_in_use</c> or <c>address_not_available</c>.</summary>
    public IPEndPoint Listen(IPEndPoint endPoint)
    {
        _listener = LinkListener.Start(_options.Transport, endPoint, _options.Links);
        _tasks.Add(AcceptAsync(_listener));
        return (IPEndPoint)_listener.EndPoint;
    }

    /// <summary>Begins to dial.</summary>
    public void Start(IEnumerable<PeerAddress> seeds) => Act((directory, now) =>
    {
        foreach (PeerAddress seed in seeds)
        {
            directory.AddSeed(seed, now);
        }
        directory.OnTimer(now);
    });

    /// <summary>What this node says of itself has changed: everybody is told.</summary>
    public void Announce() => Act(static (directory, _) => directory.OnOwnInfoChanged());

    /// <summary>The link that new messages to a peer take.</summary>
    public Link? LinkTo(NodeId peer)
    {
        if (!Members.Members.TryGetValue(peer, out PeerMember? member))
        {
            return null;
        }
        lock (_gate)
        {
            return _control.GetValueOrDefault(member.Link);
        }
    }

    /// <inheritdoc/>
    public bool TrySendControl<T>(NodeId peer, in T message)
        where T : struct, IMessage<T>
    {
        if (peer == Self)
        {
            _traffic.OnOwnMessage(message);
            return true;
        }
        return LinkTo(peer)?.TrySend(message) == SendResult.Sent;
    }

    /// <summary>Says goodbye to everybody, closes every link and waits for all that runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }
        Act(static (directory, _) => directory.Stop());
        CloseTargets();
        await _tasks.WaitAsync();
        await _timer.DisposeAsync();
        _stop.Dispose();
    }

    void IMdnsListener.Found(MdnsNode node)
    {
        if (node.Mesh == _options.Links.Mesh.Id.ToString())
        {
            PeerAddress[] addresses = [.. node.Addresses.Select(a => PeerAddress.From(new IPEndPoint(a, node.Port)))];
            Act((directory, now) => directory.OnFound(node.Node, addresses, now));
        }
    }

    void IMdnsListener.Lost(NodeId node) => Act((directory, _) => directory.OnLost(node));

    void IPeerEffects.Dial(PeerAddress address) => _tasks.Add(DialControlAsync(address));

    void IPeerEffects.SendInfo(long link) => TrySend(link, _options.Describe());

    void IPeerEffects.SendPeers(long link, IReadOnlyList<KnownPeer> known) => TrySend(link, new Peers(known));

    void IPeerEffects.SendPing(long link, uint number) => TrySend(link, new Ping(number, NowMicroseconds()));

    void IPeerEffects.SendGoodbye(long link, string code, string text) => TrySend(link, new Goodbye(code, text));

    void IPeerEffects.Close(long link, string code, string reason)
    {
        if (_control.TryGetValue(link, out Link? open))
        {
            _logger.LogDebug("{Link} is closed: {Code}: {Reason}", open, code, reason);
            _tasks.Add(open.DisposeAsync().AsTask());
        }
    }

    void IPeerEffects.Publish(PeerSnapshot snapshot)
    {
        Volatile.Write(ref _snapshot, snapshot);
        _membersChanged = true;
    }

    private void TrySend<T>(long link, in T message)
        where T : struct, IMessage<T>
    {
        if (_control.TryGetValue(link, out Link? open))
        {
            open.TrySend(message);
        }
    }

    /// <summary>One turn of the directory: calls it, sets its timer, and tells of changes when the lock is free again.</summary>
    private void Act(Action<PeerDirectory, TimeSpan> turn)
    {
        bool changed;
        lock (_gate)
        {
            TimeSpan now = Now;
            turn(_directory, now);
            TimeSpan wait = _directory.NextDeadline - now ?? Timeout.InfiniteTimeSpan;
            _timer.Change(wait < TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
            changed = _membersChanged;
            _membersChanged = false;
        }
        if (changed)
        {
            _traffic.OnMembersChanged(Members);
        }
    }

    private async Task AcceptAsync(LinkListener listener)
    {
        try
        {
            while (await listener.AcceptAsync(_stop.Token) is { } link)
            {
                Adopt(link, dialled: null);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task DialControlAsync(PeerAddress address)
    {
        // Dialling starts outside the directory's lock.
        await Task.Yield();
        try
        {
            Link link = await Link.DialAsync(
                _options.Transport, EndPointOf(address), LinkKind.Control, _options.Links, expected: null, _stop.Token);
            Adopt(link, address);
        }
        catch (ToreException self) when (self.Code == ErrorCodes.PeerIsSelf)
        {
            Act((directory, _) => directory.OnDialledSelf(address));
        }
        catch (ToreException failure)
        {
            _logger.LogDebug("No link to {Address}: {Code}: {Reason}", address, failure.Code, failure.Message);
            Act((directory, now) => directory.OnDialFailed(address, now));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Adopt(Link link, PeerAddress? dialled)
    {
        if (link.Kind == LinkKind.Activation)
        {
            AdoptTarget(link);
            return;
        }
        long number = Interlocked.Increment(ref _lastLink);
        bool taken = false;
        PeerAddress remote = PeerAddress.From((IPEndPoint)link.RemoteEndPoint);
        Act((directory, now) =>
        {
            _control[number] = link;
            taken = directory.OnLinkOpened(number, link.Peer.Id, remote, dialled, now);
            if (!taken)
            {
                _control.Remove(number);
            }
        });
        _tasks.Add(taken ? RunControlAsync(number, link)
            : link.CloseAsync(ErrorCodes.TooManyLinks, "This node stops, or has as many peers as it can have.").AsTask());
    }

    private async Task RunControlAsync(long number, Link link)
    {
        await Task.Yield();
        try
        {
            ToreException? reason = await link.RunAsync(new ControlHandler(this, number), CancellationToken.None);
            _logger.LogDebug("{Link} ended: {Reason}", link, reason?.Message ?? "closed by the peer");
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            _logger.LogError(defect, "{Link} ended by a defect of this node.", link);
        }
        Act((directory, now) =>
        {
            _control.Remove(number);
            directory.OnLinkClosed(number, now);
        });
    }

    private long NowMicroseconds() => (_options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static EndPoint EndPointOf(PeerAddress address) => IPAddress.TryParse(address.Host, out IPAddress? ip)
        ? new IPEndPoint(ip, address.Port)
        : new DnsEndPoint(address.Host, address.Port);
}
