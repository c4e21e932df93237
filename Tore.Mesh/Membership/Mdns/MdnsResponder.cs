using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// The shell around <see cref="MdnsCore"/>: one socket and one core an interface, one loop that feeds them all.
/// </summary>
internal sealed class MdnsResponder : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Member[] _members;
    private readonly Channel<(Member, DnsMessage)> _received;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _tasks = [];
    private long _dropped;

    private MdnsResponder(Member[] members, TimeProvider time, ILogger logger)
    {
        _members = members;
        _time = time;
        _logger = logger;
        // Wait, so that TryWrite says when it is full; a packet that finds no room is dropped and counted.
        _received = Channel.CreateBounded<(Member, DnsMessage)>(new BoundedChannelOptions(Limits.MdnsPacketsWaiting)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
        });
    }

    /// <summary>Received packets that found no room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Interfaces that work.</summary>
    public int Interfaces => _members.Length;

    /// <summary>
    /// Starts on the given interfaces. One that refuses is told in the log and left out; with none left the responder is idle,
    /// and seeds do the work.
    /// </summary>
    /// <param name="networks">From <see cref="MdnsInterface.For"/>.</param>
    /// <param name="own">This node; its addresses are those of each interface.</param>
    /// <param name="listener">Hears what is found; called from one loop.</param>
    /// <param name="random">Spreads answers and probes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where refusals go.</param>
    public static MdnsResponder Start(
        IReadOnlyList<MdnsInterface> networks, MdnsNode own, IMdnsListener listener, Random random, TimeProvider time, ILogger logger)
    {
        var members = new List<Member>();
        foreach (MdnsInterface network in networks)
        {
            try
            {
                var socket = new MdnsSocket(network);
                members.Add(new Member(socket, own with { Addresses = network.Announced }, listener, random));
            }
            catch (SocketException e)
            {
                logger.LogWarning(
                    "mDNS is off on {Address}: {Reason}. Peers there are found through seeds only.", network.Local, e.Message);
            }
        }
        var responder = new MdnsResponder([.. members], time, logger);
        foreach (Member member in responder._members)
        {
            responder._tasks.Add(responder.ReceiveAsync(member));
        }
        responder._tasks.Add(responder.LoopAsync());
        return responder;
    }

    /// <summary>Says goodbye and closes the sockets.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
        foreach (Member member in _members)
        {
            member.Core.Stop();
            member.Socket.Dispose();
        }
        _stop.Dispose();
    }

    private async Task ReceiveAsync(Member member)
    {
        try
        {
            while (true)
            {
                DnsMessage message = await member.Socket.ReceiveAsync(_stop.Token);
                if (!_received.Writer.TryWrite((member, message)))
                {
                    Interlocked.Increment(ref _dropped);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
        catch (SocketException e)
        {
            _logger.LogWarning("mDNS stopped on {Address}: {Reason}.", member.Socket.Interface.Local, e.Message);
        }
    }

    private async Task LoopAsync()
    {
        foreach (Member member in _members)
        {
            member.Core.Start(Now);
        }
        Task<bool>? arrived = null;
        while (!_stop.IsCancellationRequested)
        {
            TimeSpan wait = Timeout.InfiniteTimeSpan;
            foreach (Member member in _members)
            {
                TimeSpan left = member.Core.NextDeadline - Now ?? LongestWait;
                left = left < TimeSpan.Zero ? TimeSpan.Zero : left > LongestWait ? LongestWait : left;
                wait = wait < TimeSpan.Zero || left < wait ? left : wait;
            }
            arrived ??= _received.Reader.WaitToReadAsync(_stop.Token).AsTask();
            using (var wake = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            {
                Task due = Task.Delay(wait, _time, wake.Token);
                await Task.WhenAny(arrived, due);
                await wake.CancelAsync();
            }
            if (arrived.IsCompleted)
            {
                arrived = null;
            }
            while (_received.Reader.TryRead(out (Member Member, DnsMessage Message) item))
            {
                item.Member.Core.OnMessage(item.Message, Now);
            }
            foreach (Member member in _members)
            {
                member.Core.OnTimer(Now);
            }
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    private sealed class Member : IMdnsEffects
    {
        private readonly IMdnsListener _listener;

        public Member(MdnsSocket socket, MdnsNode own, IMdnsListener listener, Random random)
        {
            Socket = socket;
            _listener = listener;
            Core = new MdnsCore(own, this, random);
        }

        public MdnsSocket Socket { get; }

        public MdnsCore Core { get; }

        public void Send(DnsMessage message) => Socket.TrySend(message);

        public void Found(MdnsNode node) => _listener.Found(node);

        public void Lost(NodeId node) => _listener.Lost(node);
    }
}
