using System.Buffers;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Simulations;

/// <summary>
/// A small real program for tests of the simulator itself: dials whom it is told to, sends numbered pings on every link, answers those
/// of others, and writes down what happens to it.
/// </summary>
internal sealed class CallerProcess(ProcessContext context, params PeerAddress[] calls) : IProcess
{
    private readonly List<long> _links = [];
    private uint _sent;

    /// <summary>Time between two pings; null sends none.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Bytes of text that go with a ping, to fill lines.</summary>
    public int Ballast { get; init; }

    public ProcessContext Context => context;

    public List<string> Log { get; } = [];

    public List<(TimeSpan At, uint Number)> Received { get; } = [];

    public List<TimeSpan> Answered { get; } = [];

    public List<TimeSpan> TimersAt { get; } = [];

    public List<long> Links => _links;

    public TimeSpan? NextDeadline { get; private set; }

    private TimeSpan Now => context.Machine.Simulation.Now;

    public void Start(in Moment now)
    {
        foreach (PeerAddress address in calls)
        {
            context.Dial(address, null);
        }
        NextDeadline = now.Elapsed + Interval;
    }

    public bool OnLinkOpened(long link, NodeId peer, PeerAddress remote, PeerAddress? dialled, in Moment now)
    {
        _links.Add(link);
        Log.Add($"{Now.TotalMilliseconds:0.0} opened {(dialled is null ? "by peer" : "here")}");
        return true;
    }

    public void OnLinkClosed(long link, string? code, in Moment now)
    {
        _links.Remove(link);
        Log.Add($"{Now.TotalMilliseconds:0.0} closed {code ?? "null"}");
    }

    public void OnDialFailed(PeerAddress address, string code, string text, in Moment now) =>
        Log.Add($"{Now.TotalMilliseconds:0.0} failed {code}");

    public void OnDialledSelf(PeerAddress address, in Moment now) => Log.Add("self");

    public void OnFrame(long link, MessageType type, in ReadOnlySequence<byte> body, in Moment now)
    {
        if (type == MessageType.Refused)
        {
            Received.Add((Now, 0));
            return;
        }
        Ping ping = WireMessage.Read<Ping>(body);
        if (type == MessageType.Ping)
        {
            Received.Add((Now, ping.Sequence));
        }
        else
        {
            Answered.Add(Now);
        }
    }

    public void OnTimer(in Moment now)
    {
        TimersAt.Add(Now);
        NextDeadline = now.Elapsed + Interval;
        Say();
    }

    /// <summary>Sends on every link; the number of those that took it.</summary>
    public int Say()
    {
        int taken = 0;
        _sent++;
        foreach (long link in _links)
        {
            bool sent = Ballast == 0
                ? context.TrySend(link, MessageType.Ping, Encoded(_sent))
                : context.TrySend(link, MessageType.Refused, new byte[Ballast]);
            taken += sent ? 1 : 0;
        }
        return taken;
    }

    public void Leave(in Moment now)
    {
        foreach (long link in _links.ToArray())
        {
            context.Close(link, ErrorCodes.Draining, "leaving");
        }
    }

    public bool TakeChanged() => false;

    /// <summary>The first two fields of a ping, whatever else it has by now.</summary>
    private static byte[] Encoded(uint number)
    {
        var output = new ArrayBufferWriter<byte>();
        WireMessage.Write(new Ping { Sequence = number }, output);
        return output.WrittenSpan.ToArray();
    }
}
