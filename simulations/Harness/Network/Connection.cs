using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Harness.Network;

/// <summary>
/// A TCP connection from the first packet. A machine that is up and has no listener refuses at once; one that is off, or behind a cut,
/// says nothing: the dialler asks again after 1 and 3 seconds and gives up after 5.
/// </summary>
internal sealed class Connection : IEventTarget
{
    /// <summary>Bytes of a packet that opens a connection.</summary>
    private const int OpeningBytes = 60;

    private const int Asked = 0;
    private const int Answered = 1;
    private const int Refused = 2;
    private const int AsksAgain = 3;
    private const int DialEnds = 4;
    private const int HandshakeEnds = 5;
    private const int LingerEnds = 6;
    private const int ResetArrives = 7;

    private static readonly TimeSpan FirstAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SecondAgain = TimeSpan.FromSeconds(3);

    private readonly SimulatedNetwork _network;
    private readonly Machine? _target;
    private bool _isAnswered;
    private bool _isAccepted;
    private bool _isGivenUp;

    /// <summary>Dials <paramref name="address"/> from a process.</summary>
    public Connection(SimulatedNetwork network, ProcessContext dialler, PeerAddress address, NodeId? expected)
    {
        _network = network;
        Number = network.NextConnection();
        Address = address;
        Expected = expected;
        _target = network.At(address);
        Dialler = new ConnectionEnd(network, this, dialler.Machine, dialler);
        // Nobody's address is as silent as a machine that is off; the other end is then never used.
        Acceptor = new ConnectionEnd(network, this, _target ?? dialler.Machine, null);
        Dialler.Out = new Channel(network, Dialler, Acceptor);
        Acceptor.Out = new Channel(network, Acceptor, Dialler);
        dialler.Machine.Traffic.Dials++;
        Ask();
        At(FirstAgain, AsksAgain);
        At(SecondAgain, AsksAgain);
        At(Limits.Dial, DialEnds);
    }

    /// <summary>Its number in the run.</summary>
    public long Number { get; }

    /// <summary>What was dialled.</summary>
    public PeerAddress Address { get; }

    /// <summary>Who must answer; null takes anybody.</summary>
    public NodeId? Expected { get; }

    /// <summary>The end that dialled.</summary>
    public ConnectionEnd Dialler { get; }

    /// <summary>The other.</summary>
    public ConnectionEnd Acceptor { get; }

    /// <summary>The handshake of an end must be over by the usual time from now.</summary>
    public void LimitHandshake(ConnectionEnd end) => At(Limits.Handshake, HandshakeEnds, Side(end));

    /// <summary>A closing end waits for the peer no longer than this.</summary>
    public void LimitLinger(ConnectionEnd end) => At(Limits.Linger, LingerEnds, Side(end));

    /// <summary>Tells an end's peer that there is nobody at this end any more, if the way there is open.</summary>
    public void SendReset(ConnectionEnd from)
    {
        ConnectionEnd to = Other(from);
        PathState path = _network.Path(from.Machine.Index, to.Machine.Index);
        from.Machine.Traffic.Out(Segment.HeaderBytes);
        if (!_network.Loses(path, 1))
        {
            At(_network.Delay(path), ResetArrives, Side(to));
        }
    }

    /// <summary>The other end.</summary>
    public ConnectionEnd Other(ConnectionEnd end) => end == Dialler ? Acceptor : Dialler;

    /// <inheritdoc/>
    public void OnEvent(int kind, long argument)
    {
        ConnectionEnd end = argument == 0 ? Dialler : Acceptor;
        switch (kind)
        {
            case Asked:
                OnAsked();
                break;
            case Answered when IsDialling:
                _isAnswered = true;
                Dialler.BeginHandshake();
                break;
            case Refused when IsDialling:
                GiveUp("The machine answers, but nothing listens there.");
                break;
            case AsksAgain when IsDialling:
                Ask();
                break;
            case DialEnds when IsDialling:
                GiveUp("Nothing answers there.");
                break;
            case HandshakeEnds:
                end.OnHandshakeTimeout();
                break;
            case LingerEnds:
                end.OnLingerTimeout();
                break;
            case ResetArrives:
                end.OnReset();
                break;
            default:
                break;
        }
    }

    private bool IsDialling => !_isAnswered && !_isGivenUp && Dialler.State == EndState.Handshaking;

    private int Side(ConnectionEnd end) => end == Dialler ? 0 : 1;

    private void At(TimeSpan after, int kind, long argument = 0) =>
        _network.Simulation.Queue.Add(_network.Simulation.Now + after, this, kind, argument);

    private void Ask()
    {
        Dialler.Machine.Traffic.Out(OpeningBytes);
        if (_target is null)
        {
            return;
        }
        PathState path = _network.Path(Dialler.Machine.Index, _target.Index);
        if (_target.IsOn && !_network.Loses(path, 1))
        {
            At(_network.Delay(path), Asked);
        }
    }

    private void OnAsked()
    {
        Machine target = _target!;
        if (!target.IsOn)
        {
            return;
        }
        target.Traffic.In(OpeningBytes);
        bool listens = _isAccepted || target.TryAccept(Acceptor);
        _isAccepted |= listens;
        target.Traffic.Out(listens ? OpeningBytes : Segment.HeaderBytes);
        PathState back = _network.Path(target.Index, Dialler.Machine.Index);
        if (!_network.Loses(back, 1))
        {
            Dialler.Machine.Traffic.In(listens ? OpeningBytes : Segment.HeaderBytes);
            At(_network.Delay(back), listens ? Answered : Refused);
        }
    }

    private void GiveUp(string text)
    {
        _isGivenUp = true;
        Dialler.FailDial(ErrorCodes.PeerUnreachable, text);
    }
}
