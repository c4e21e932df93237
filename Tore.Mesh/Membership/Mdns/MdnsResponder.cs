using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// The shell around <see cref="MdnsCore"/>: one socket and one core a link, one loop that feeds them all. It follows the interfaces:
/// told by the system of a change it looks at once, and every now and then without being told.
/// </summary>
internal sealed class MdnsResponder : IMdnsReceiver, IAsyncDisposable
{
    private const int PacketsATurn = 64;

    /// <summary>A link on which nothing was heard for so long, this node's own probes included, is cut off.</summary>
    private static readonly TimeSpan SilenceIsOdd = TimeSpan.FromSeconds(10);

    /// <summary>Systems miss to tell of some changes; a look costs little.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(15);

    /// <summary>Changes come in bursts; between two looks that they cause there is this much.</summary>
    private static readonly TimeSpan ShortestLookInterval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(int, AddressFamily), MdnsLink> _links = new();
    private readonly ConcurrentDictionary<(int, AddressFamily), string> _refusals = new();
    private readonly IPAddress _listened;
    private readonly MdnsNode _own;
    private readonly Func<IReadOnlyList<NetworkFacts>> _networks;
    private readonly MdnsKin _kin = new();
    private readonly MdnsSightings _sightings;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private Task _loop = Task.CompletedTask;
    private TimeSpan _lookAt;
    private int _networkChanged;
    private long _dropped;

    private MdnsResponder(IPAddress listened, MdnsNode own, IMdnsListener listener, Random random, TimeProvider time, ILogger logger,
        Func<IReadOnlyList<NetworkFacts>> networks)
    {
        _listened = listened;
        _own = own;
        _networks = networks;
        _sightings = new MdnsSightings(own, listener);
        _random = random;
        _time = time;
        _logger = logger;
    }

    /// <summary>Received packets that found no room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Links in use: one an interface and address family.</summary>
    public int Links => _links.Count;

    /// <summary>The own addresses of the links in use.</summary>
    public IReadOnlyList<string> Interfaces => [.. _links.Values.Select(l => l.Interface.Local.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>
    /// What keeps nodes from being found, as far as this end can tell; null for nothing. What is sent to all comes back to its sender
    /// too, so a link on which nothing is heard at all is cut off.
    /// </summary>
    public string? Problem
    {
        get
        {
            if (_links.IsEmpty)
            {
                return _refusals.Values.FirstOrDefault() is { } reason
                    ? $"No interface lets it in: {reason}" : "There is no interface that it could use.";
            }
            MdnsLink? deaf = _links.Values.FirstOrDefault(l => !l.HasHeard && Now - l.OpenedAt > SilenceIsOdd);
            return deaf is null ? null : $"Nothing is heard at {deaf.Interface.Local}, not even what this node says itself: a firewall "
                + "drops UDP port 5353, or the network carries no multicast.";
        }
    }

    /// <inheritdoc/>
    public TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>
    /// Starts on the links of a listening address, and follows them from then on. One that refuses is told in the log and tried again;
    /// with none the responder waits, and seeds do the work.
    /// </summary>
    /// <param name="listened">Where the node listens: loopback, one address, or all.</param>
    /// <param name="own">This node; its addresses are those of each interface.</param>
    /// <param name="listener">Hears what is found; called from one loop.</param>
    /// <param name="random">Spreads answers and probes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where refusals go.</param>
    /// <param name="networks">What interfaces there are; null for the machine's.</param>
    public static MdnsResponder Start(IPAddress listened, MdnsNode own, IMdnsListener listener, Random random,
        TimeProvider time, ILogger logger, Func<IReadOnlyList<NetworkFacts>>? networks = null)
    {
        var responder = new MdnsResponder(listened, own, listener, random, time, logger, networks ?? NetworkFacts.Read);
        if (!IPAddress.IsLoopback(listened))
        {
            NetworkChange.NetworkAddressChanged += responder.OnNetworkChanged;
        }
        responder.Look(responder.Now);
        responder._loop = responder.RunAsync();
        return responder;
    }

    /// <summary>Says goodbye and closes the sockets.</summary>
    public async ValueTask DisposeAsync()
    {
        NetworkChange.NetworkAddressChanged -= OnNetworkChanged;
        await _stop.CancelAsync();
        await _loop;
        foreach (MdnsLink link in _links.Values)
        {
            link.Core.Stop(Now);
            await link.DisposeAsync();
        }
        _links.Clear();
        _stop.Dispose();
        _wake.Dispose();
    }

    MdnsLink? IMdnsReceiver.LinkOf((int Index, AddressFamily Family) key) => _links.GetValueOrDefault(key);

    void IMdnsReceiver.Received(bool isTaken)
    {
        if (isTaken)
        {
            Wake();
        }
        else
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private void OnNetworkChanged(object? sender, EventArgs e)
    {
        Volatile.Write(ref _networkChanged, 1);
        Wake();
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
        catch (Exception late) when (late is SemaphoreFullException or ObjectDisposedException)
        {
            // Woken already by another, or at the end.
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                TimeSpan now = Now;
                bool told = Volatile.Read(ref _networkChanged) == 1;
                if (now >= _lookAt || (told && now >= _lookAt - LookInterval + ShortestLookInterval))
                {
                    foreach (MdnsLink gone in Look(now))
                    {
                        await gone.DisposeAsync();
                    }
                }
                bool busy = false;
                foreach (MdnsLink link in _links.Values)
                {
                    busy |= link.Feed(PacketsATurn, now);
                    link.Core.OnTimer(now);
                }
                if (!busy)
                {
                    await WaitAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
        catch (Exception defect)
        {
            _logger.LogError(defect, "mDNS ended by a defect of this node. Peers are found through seeds and members only.");
        }
    }

    private async Task WaitAsync()
    {
        TimeSpan due = Volatile.Read(ref _networkChanged) == 1 ? _lookAt - LookInterval + ShortestLookInterval : _lookAt;
        foreach (MdnsLink link in _links.Values)
        {
            due = link.Core.NextDeadline < due ? link.Core.NextDeadline.Value : due;
        }
        TimeSpan wait = due - Now;
        if (wait <= TimeSpan.Zero)
        {
            return;
        }
        // A timer of the clock at hand, which a test may drive.
        await using ITimer timer = _time.CreateTimer(static self => ((MdnsResponder)self!).Wake(), this, wait, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(_stop.Token);
    }

    /// <summary>Compares the interfaces with the links in use, and follows; gives the links that are to be closed.</summary>
    private List<MdnsLink> Look(TimeSpan now)
    {
        bool told = Interlocked.Exchange(ref _networkChanged, 0) == 1;
        _lookAt = now + LookInterval;
        var gone = new List<MdnsLink>();
        IReadOnlyList<MdnsInterface> wanted;
        try
        {
            wanted = MdnsInterface.For(_listened, _networks());
        }
        catch (NetworkInformationException e)
        {
            _logger.LogDebug("The interfaces could not be listed: {Reason}", e.Message);
            _lookAt = now + ShortestLookInterval;
            return gone;
        }
        foreach (((int, AddressFamily) key, MdnsLink link) in _links)
        {
            if (link.IsBroken || !wanted.Any(w => w.IsSameLinkAs(link.Interface)))
            {
                // Its goodbye comes before anything of a successor.
                link.Core.Stop(now);
                _links.TryRemove(key, out _);
                gone.Add(link);
            }
        }
        foreach (MdnsInterface wish in wanted)
        {
            if (!_links.TryGetValue(wish.Key, out MdnsLink? link))
            {
                Open(wish, now);
            }
            else if (!wish.IsUnchanged(link.Interface))
            {
                link.Interface = wish;
                link.Core.OnAddressesChanged(wish.Announced, now);
            }
            else if (told)
            {
                // A cable may have been elsewhere for a moment, which nothing shows.
                link.Core.OnNetworkChanged(now);
            }
        }
        return gone;
    }

    private void Open(MdnsInterface wish, TimeSpan now)
    {
        try
        {
            var link = new MdnsLink(wish, new MdnsSocket(wish), _own, _kin, _sightings, _random) { OpenedAt = now };
            _links[wish.Key] = link;
            _refusals.TryRemove(wish.Key, out _);
            link.Receive(this);
            link.Core.Start(now);
        }
        catch (SocketException e)
        {
            if (!_refusals.TryGetValue(wish.Key, out string? before) || before != e.Message)
            {
                _refusals[wish.Key] = e.Message;
                _logger.LogWarning(
                    "mDNS is off on {Address}: {Reason}. Peers there are found through seeds only; it is tried again every {Seconds} s.",
                    wish.Local, e.Message, LookInterval.TotalSeconds);
            }
        }
    }
}
