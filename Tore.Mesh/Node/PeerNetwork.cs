using System.Net;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// The shell around <see cref="MeshCore"/>: listens, dials, runs the links' receive loops and the core's timer, and finds the way to a
/// node.
/// <para>
/// The core is called in turns, one at a time and first come, first served, so that a table whose signatures take a while holds up
/// nobody twice; waiting for a turn holds no thread. What the core asks for within its turn (sending, closing, dialling) never blocks
/// and never calls back into it. What has changed is told when the turn is over.
/// </para>
/// </summary>
internal sealed partial class PeerNetwork : IMeshEffects, IMdnsListener, IRouteLinks, IAsyncDisposable
{
    private const string Stopping = "The node is stopping.";

    /// <summary>Timers are no finer.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly PeerNetworkOptions _options;
    private readonly IPeerTraffic _traffic;
    private readonly ILogger _logger;
    private readonly MemberLog _memberLog;
    private readonly NodeClock _clock;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _telling = new();
    private readonly MeshCore _core;
    private readonly OwnedTasks _tasks = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly LocalTarget _local;
    private LinkListener? _listener;
    private MeshSnapshot _snapshot = MeshSnapshot.Empty;
    private MeshSnapshot _looked = MeshSnapshot.Empty;
    private IReadOnlyList<string> _addresses = [];

    // What a turn leaves behind; touched within turns only.
    private readonly Dictionary<NodeId, ulong> _starts = [];
    private HashSet<NodeId> _lost = [];
    private TimeSpan? _timerDue;
    private bool _changed;
    private bool _isDuplicateTold;
    private long _droppedGossip;

    /// <summary>Makes a network that knows nobody and does not listen yet.</summary>
    public PeerNetwork(PeerNetworkOptions options, IPeerTraffic traffic)
    {
        _options = options;
        _traffic = traffic;
        _logger = options.Logger;
        _memberLog = new MemberLog(options.Logger);
        _clock = new NodeClock(options.Time);
        Self = options.Links.Identity.Id;
        _local = new LocalTarget(Self, traffic);
        _core = new MeshCore(options.Core, this);
        _timer = options.Time.CreateTimer(_ => _tasks.Add(OnTimerAsync()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public NodeId Self { get; }

    /// <summary>The mesh when members, links or capabilities last changed.</summary>
    public MeshSnapshot Mesh => Volatile.Read(ref _snapshot);

    /// <summary>What the core counts.</summary>
    public MembershipCounts Counts => _core.Counts;

    /// <summary>Gossip that full queues or broken links dropped.</summary>
    public long DroppedGossip => Interlocked.Read(ref _droppedGossip);

    /// <summary>Connections that became no link.</summary>
    public long RefusedLinkCount => _listener?.RefusedLinks ?? 0;

    /// <summary>The same by address, peer and reason.</summary>
    public IReadOnlyList<RefusedLink> RefusedLinks => _listener?.Refusals ?? [];

    /// <summary>Listens and takes links; throws <c>port_in_use</c> or <c>address_not_available</c>.</summary>
    public IPEndPoint Listen(IPEndPoint endPoint)
    {
        _listener = LinkListener.Start(_options.Transport, endPoint, _options.Links);
        _tasks.Add(AcceptAsync(_listener));
        return (IPEndPoint)_listener.EndPoint;
    }

    /// <summary>Begins to tell of itself and to dial. Throws <c>file_not_writable</c> where the incarnation cannot be kept.</summary>
    /// <param name="seeds">Where others may be.</param>
    /// <param name="addresses">What this node tells others to dial.</param>
    public async ValueTask StartAsync(IReadOnlyList<PeerAddress> seeds, IReadOnlyList<string> addresses)
    {
        _addresses = addresses;
        bool started = false;
        await TurnAsync((core, now) => started = core.Start(seeds, addresses, _options.Describe(), now));
        if (!started)
        {
            throw new ToreException(ErrorCodes.FileNotWritable,
                "This node's incarnation could not be written into its data folder, so that it could not be told from its earlier starts. "
                + "Make room on the disk or the folder writable, or choose another with --data.");
        }
    }

    /// <summary>This node is to be dialled elsewhere now.</summary>
    public void OnAddressesChanged(IReadOnlyList<string> addresses)
    {
        Volatile.Write(ref _addresses, addresses);
        _tasks.Add(TurnAsync((core, now) => core.OnAddressesChanged(addresses, now)).AsTask());
    }

    /// <summary>What this node can do has changed: everybody is told.</summary>
    public ValueTask AnnounceAsync() => TurnAsync((core, now) => core.OnOwnChanged(_options.Describe(), now));

    /// <summary>The same, from where nobody can wait.</summary>
    public void Announce() => _tasks.Add(AnnounceAsync().AsTask());

    /// <summary>The allow and ban lists changed: links with peers that are no longer admitted end, and their sequences with them.</summary>
    public void OnAdmissionChanged()
    {
        _tasks.Add(TurnAsync(static (core, now) => core.OnAdmissionChanged(now)).AsTask());
        CloseTargets(_options.Links.Refusal, "This node no longer takes that one for a peer.");
    }

    /// <summary>
    /// The mesh as it stands, with what changes all the time: round trips, contacts, counts. During a turn of the core, as it last
    /// stood: whoever asks for the health of a node never waits for its work.
    /// </summary>
    public MeshSnapshot Look()
    {
        if (!_turn.Wait(0))
        {
            MeshSnapshot looked = Volatile.Read(ref _looked), told = Mesh;
            return looked.Version > told.Version ? looked : told;
        }
        try
        {
            MeshSnapshot now = _core.Snapshot;
            Volatile.Write(ref _looked, now);
            return now;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tells everybody that this node leaves, closes every link and waits for all that runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }
        await TurnAsync(static (core, now) => core.Leave(now));
        CloseTargets(static _ => ErrorCodes.Draining, Stopping);
        await _timer.DisposeAsync();
        await _tasks.WaitAsync();
        _turn.Dispose();
        _stop.Dispose();
    }

    void IMdnsListener.Found(MdnsNode node) => _tasks.Add(TurnAsync((core, now) => core.OnFound(node, now)).AsTask());

    void IMdnsListener.Lost(NodeId node) => _tasks.Add(TurnAsync((core, now) => core.OnLost(node, now)).AsTask());

    void IMdnsListener.FoundOther(MdnsNode node, MdnsDifference difference) => ((IMdnsListener)this).Found(node);

    void IMdnsListener.LostOther(NodeId node) => ((IMdnsListener)this).Lost(node);

    void IMeshEffects.Dial(PeerAddress address, NodeId? expected) => _tasks.Add(DialControlAsync(address, expected));

    bool IMeshEffects.TrySend<T>(long link, in T message)
    {
        bool sent = _control.TryGetValue(link, out OpenControl? open) && open.Link.TrySend(message) == SendResult.Sent;
        if (!sent && T.Type == MessageType.Gossip)
        {
            Interlocked.Increment(ref _droppedGossip);
        }
        return sent;
    }

    void IMeshEffects.Close(long link, string code, string reason)
    {
        if (_control.TryGetValue(link, out OpenControl? open))
        {
            _logger.LogDebug("{Link} is closed: {Code}: {Reason}", open.Link, code, reason);
            open.Closing ??= new ToreException(code, reason);
            _tasks.Add(open.Link.CloseAsync(code, reason).AsTask());
        }
    }

    bool IMeshEffects.TrySaveIncarnation(ulong incarnation) => _options.SaveIncarnation(incarnation);

    void IMeshEffects.Changed() => _changed = true;

    private async Task OnTimerAsync()
    {
        await Task.Yield();
        await TurnAsync((core, now) =>
        {
            _timerDue = null;
            core.OnTimer(now);
        });
    }

    /// <summary>One turn of the core; then its timer is set, and who has to know is told of what changed.</summary>
    private async ValueTask TurnAsync(Action<MeshCore, Moment> turn)
    {
        await _turn.WaitAsync();
        HashSet<NodeId>? lost = null;
        try
        {
            try
            {
                turn(_core, _clock.Now);
            }
            finally
            {
                lost = EndTurn();
            }
        }
        finally
        {
            // A turn may fail on what a peer sent; what it did before that is told all the same.
            _turn.Release();
            Tell(lost);
        }
    }

    /// <summary>Gives what is to be told: whom this turn lost, or null where nothing changed.</summary>
    private HashSet<NodeId>? EndTurn()
    {
        SetTimer();
        if (!_changed && _lost.Count == 0)
        {
            return null;
        }
        if (_changed)
        {
            _changed = false;
            MeshSnapshot mesh = _core.Snapshot;
            FindRestarted(mesh);
            TellDuplicate(mesh);
            Volatile.Write(ref _snapshot, mesh);
        }
        HashSet<NodeId> lost = _lost;
        _lost = [];
        return lost;
    }

    private void Tell(HashSet<NodeId>? lost)
    {
        if (lost is null)
        {
            return;
        }
        lock (_telling)
        {
            MeshSnapshot mesh = Mesh;
            _memberLog.Tell(mesh);
            CloseTargetsOfTheGone(mesh);
            _traffic.OnMeshChanged(mesh, lost);
        }
    }

    private void SetTimer()
    {
        if (_core.NextDeadline is not { } due || _timerDue <= due)
        {
            return;
        }
        _timerDue = due;
        TimeSpan wait = due - _clock.Elapsed;
        // Rounded up: a timer that fires too early would come again and again until it is due.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _timer.Change(wait < ShortestWait ? ShortestWait : wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Nodes that are another process than before: what ran there is lost.</summary>
    private void FindRestarted(MeshSnapshot mesh)
    {
        foreach (MeshMember member in mesh.Members.Values)
        {
            if (member.Start is { } start)
            {
                if (_starts.TryGetValue(member.Node, out ulong before) && before != start)
                {
                    _lost.Add(member.Node);
                }
                _starts[member.Node] = start;
            }
        }
        if (_starts.Count > mesh.Members.Count)
        {
            foreach (NodeId forgotten in _starts.Keys.Where(n => !mesh.Members.ContainsKey(n)).ToArray())
            {
                _starts.Remove(forgotten);
            }
        }
    }

    private void TellDuplicate(MeshSnapshot mesh)
    {
        if (mesh.DuplicateKeySince is not null && !_isDuplicateTold)
        {
            _logger.LogError("{Reason}", MeshNode.DuplicateKeyText(Self));
        }
        _isDuplicateTold = mesh.DuplicateKeySince is not null;
    }
}
