using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <content>Control links: how they come to stand, what comes in on them, and the way to a peer.</content>
internal sealed partial class PeerNetwork
{
    private readonly ConcurrentDictionary<long, OpenControl> _control = new();

    /// <summary>Standing control links of each peer; touched within turns only.</summary>
    private readonly Dictionary<NodeId, int> _linkCounts = [];
    private readonly ParkedMessages _parked = new();
    private long _lastLink;
    private long _droppedBefore;

    /// <summary>Messages that full queues refused.</summary>
    public long DroppedMessages => Interlocked.Read(ref _droppedBefore) + _control.Values.Sum(l => l.Link.DroppedMessages);

    /// <summary>The link that new messages to a peer take.</summary>
    public Link? LinkTo(NodeId peer) => Mesh.Members.TryGetValue(peer, out MeshMember? member) ? LinkOf(member)?.Link : null;

    /// <summary>What protects a link, such as <c>TLS 1.3 TLS_AES_256_GCM_SHA384</c>; null where there is none.</summary>
    public string? SecurityOf(MeshMember member) => LinkOf(member)?.Link.Security;

    /// <inheritdoc/>
    public bool TrySendControl<T>(NodeId peer, in T message)
        where T : struct, IMessage<T>
    {
        if (peer == Self)
        {
            _traffic.OnOwnMessage(message);
            return true;
        }
        MeshSnapshot mesh = Mesh;
        if (!mesh.Members.TryGetValue(peer, out MeshMember? member))
        {
            return false;
        }
        if (LinkOf(member) is { } open)
        {
            if (mesh.IsPartial && open.TryRefresh(_clock.Elapsed))
            {
                _tasks.Add(ReachAsync(peer));
            }
            return open.Link.TrySend(message) == SendResult.Sent;
        }
        return mesh.IsPartial && member.IsLiving && TryPark(peer, message);
    }

    private OpenControl? LinkOf(MeshMember member) => member.Link is { } number ? _control.GetValueOrDefault(number) : null;

    private bool TryPark<T>(NodeId peer, T message)
        where T : struct, IMessage<T>
    {
        if (!_parked.TryAdd(peer, link => link.TrySend(message), out bool isFirst))
        {
            return false;
        }
        if (isFirst)
        {
            _tasks.Add(DialForParkedAsync(peer));
        }
        return true;
    }

    private async Task ReachAsync(NodeId peer)
    {
        await Task.Yield();
        await TurnAsync((core, now) => core.Reach(peer, now));
    }

    /// <summary>Asks for a link, and gives up what still waits for it after a while: whoever waits for an answer is then told.</summary>
    private async Task DialForParkedAsync(NodeId peer)
    {
        await ReachAsync(peer);
        try
        {
            await Task.Delay(Limits.Dial, _options.Time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        if (_parked.Drop(peer))
        {
            await TurnAsync((_, _) => _lost.Add(peer));
        }
    }

    private async Task AcceptAsync(LinkListener listener)
    {
        try
        {
            while (await listener.AcceptAsync(_stop.Token) is { } link)
            {
                await AdoptAsync(link, dialled: null);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task DialControlAsync(PeerAddress address, NodeId? expected)
    {
        // Dialling starts outside the core's turn.
        await Task.Yield();
        try
        {
            Link link = await Link.DialAsync(
                _options.Transport, EndPointOf(address), LinkKind.Control, _options.Links, expected, _stop.Token);
            await AdoptAsync(link, address);
        }
        catch (ToreException self) when (self.Code == ErrorCodes.PeerIsSelf)
        {
            await TurnAsync((core, now) => core.OnDialledSelf(address, now));
        }
        catch (ToreException failure)
        {
            _logger.LogDebug("No link to {Address}: {Code}: {Reason}", address, failure.Code, failure.Message);
            await TurnAsync((core, now) => core.OnDialFailed(address, failure.Code, failure.Message, now));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task AdoptAsync(Link link, PeerAddress? dialled)
    {
        if (link.Kind == LinkKind.Activation)
        {
            AdoptTarget(link);
            return;
        }
        long number = 0;
        var control = new OpenControl(link);
        bool taken = false;
        await TurnAsync((core, now) =>
        {
            // Numbered within the turn: the core takes a higher number for a later link.
            number = ++_lastLink;
            _control[number] = control;
            taken = core.OnLinkOpened(number, link.Peer.Id, PeerAddress.From((IPEndPoint)link.RemoteEndPoint), dialled, now);
            if (taken)
            {
                _linkCounts[link.Peer.Id] = _linkCounts.GetValueOrDefault(link.Peer.Id) + 1;
                _parked.Send(link.Peer.Id, link);
            }
        });
        if (taken)
        {
            _tasks.Add(RunControlAsync(number, control));
            return;
        }
        Forget(number, control);
        if (dialled is null && control.Closing is { } refusal)
        {
            _listener!.NoteRefusal(link, refusal);
        }
    }

    private async Task RunControlAsync(long number, OpenControl control)
    {
        await Task.Yield();
        ToreException? reason = null;
        try
        {
            reason = await control.Link.RunAsync(new ControlHandler(this, number), CancellationToken.None);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            _logger.LogError(defect, "{Link} ended by a defect of this node.", control.Link);
        }
        reason = control.Closing ?? reason;
        _logger.LogDebug("{Link} ended: {Reason}", control.Link, reason?.Message ?? "closed by the peer");
        NodeId peer = control.Link.Peer.Id;
        await TurnAsync((core, now) =>
        {
            Forget(number, control);
            core.OnLinkClosed(number, reason?.Code, now);
            int left = _linkCounts[peer] - 1;
            _linkCounts[peer] = left;
            if (left == 0)
            {
                _linkCounts.Remove(peer);
                if (IsLoss(reason?.Code))
                {
                    _lost.Add(peer);
                }
            }
        });
    }

    /// <summary>Whether what runs with a peer is lost with its last link: not where links come and go as they are needed.</summary>
    private bool IsLoss(string? code) => code is not (LinkDirectory.Superseded or LinkDirectory.NotNeeded)
        && !(code == ErrorCodes.TooManyLinks && Mesh.IsPartial);

    private void Forget(long number, OpenControl control)
    {
        if (_control.TryRemove(number, out _))
        {
            Interlocked.Add(ref _droppedBefore, control.Link.DroppedMessages);
        }
    }

    private void OnDialRequest(NodeId peer, in DialRequest request)
    {
        if (request.Kind == LinkKind.Activation)
        {
            _tasks.Add(AnswerDialRequestAsync(peer));
        }
    }

    /// <summary>Whoever asks gets a link if it can be had; it waits no longer than it would for its own dial.</summary>
    private async Task AnswerDialRequestAsync(NodeId peer)
    {
        await Task.Yield();
        try
        {
            await DialTargetAsync(peer, _stop.Token);
        }
        catch (Exception failure) when (failure is ToreException or OperationCanceledException)
        {
            // The asker's wait runs out and says so.
        }
    }

    private static EndPoint EndPointOf(PeerAddress address) => IPAddress.TryParse(address.Host, out IPAddress? ip)
        ? new IPEndPoint(ip, address.Port)
        : new DnsEndPoint(address.Host, address.Port);

    /// <summary>A control link, and why this end closed it where it did.</summary>
    private sealed class OpenControl(Link link)
    {
        /// <summary>A link made on demand is kept for ten seconds after each refresh.</summary>
        private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2);

        private long _refreshedAt = long.MinValue / 2;

        public Link Link { get; } = link;

        public ToreException? Closing { get; set; }

        /// <summary>Whether the core is to be told that the link is in use; not more often than it has to know.</summary>
        public bool TryRefresh(TimeSpan now)
        {
            long last = Interlocked.Read(ref _refreshedAt);
            return now.Ticks - last > RefreshInterval.Ticks && Interlocked.CompareExchange(ref _refreshedAt, now.Ticks, last) == last;
        }
    }

    /// <summary>The frames of one control link: the core's in its turns, the others straight to whom they concern.</summary>
    private sealed class ControlHandler(PeerNetwork network, long number) : IFrameHandler
    {
        public ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
        {
            if (MeshCore.Handles(type))
            {
                return network.TurnAsync((core, now) => core.OnFrame(number, type, body, now));
            }
            if (type == MessageType.DialRequest)
            {
                network.OnDialRequest(link.Peer.Id, WireMessage.Read<DialRequest>(body));
            }
            else
            {
                network._traffic.OnMessage(link.Peer.Id, type, body);
            }
            return ValueTask.CompletedTask;
        }
    }
}
