using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Harness.Network;

/// <summary>One end of a connection: its machine's socket, and the link that a process has on it.</summary>
internal sealed partial class ConnectionEnd
{
    private readonly SimulatedNetwork _network;
    private string? _code;
    private bool _isRefused;
    private EndState _state = EndState.Handshaking;
    private long _unread;

    /// <summary>Makes an end; the acceptor's has no process before that has accepted it.</summary>
    public ConnectionEnd(SimulatedNetwork network, Connection connection, Machine machine, ProcessContext? process)
    {
        (_network, Connection, Machine) = (network, connection, machine);
        if (process is not null)
        {
            Attach(process);
        }
    }

    /// <summary>The whole.</summary>
    public Connection Connection { get; }

    /// <summary>Where this end is.</summary>
    public Machine Machine { get; }

    /// <summary>Whose it is; null for one that nobody accepted.</summary>
    public ProcessContext? Process { get; private set; }

    /// <summary>The direction out of here.</summary>
    public Channel Out { get; set; } = null!;

    /// <summary>Where it stands.</summary>
    public EndState State
    {
        get => _state;
        private set
        {
            if (_state == EndState.Handshaking && value != EndState.Handshaking && !IsDialler && Process is not null)
            {
                Process.PendingHandshakes--;
            }
            _state = value;
        }
    }

    /// <summary>The process's number for its link.</summary>
    public long Link { get; private set; }

    /// <summary>Whether this end dialled.</summary>
    public bool IsDialler => Connection.Dialler == this;

    /// <summary>Whether more may be sent to here: what is unread is bounded.</summary>
    public bool HasRoom => _unread < Limits.ReceiveBufferBytes;

    private ConnectionEnd Peer => Connection.Other(this);

    private void Attach(ProcessContext process)
    {
        Process = process;
        Machine.Keep(this);
    }

    /// <summary>A process takes an incoming connection, or has too many half-made ones and closes it unread.</summary>
    public void Accept(ProcessContext process)
    {
        if (process.PendingHandshakes >= Limits.PendingHandshakes)
        {
            State = EndState.Closed;
            Out.Send(new Segment(SegmentKind.End, 0, null, 0));
            return;
        }
        process.PendingHandshakes++;
        Attach(process);
        Connection.LimitHandshake(this);
    }

    /// <summary>Something came over the line: it waits until the process reads it.</summary>
    public void Receive(in Segment segment)
    {
        if (State is EndState.Closed or EndState.Gone || Process is not { IsAlive: true })
        {
            Free(segment);
            if (segment.Kind != SegmentKind.End)
            {
                Connection.SendReset(this);
            }
            return;
        }
        _unread += segment.StreamBytes;
        Machine.Take(new Input(InputKind.Segment, this, segment));
    }

    /// <summary>The process reads what came.</summary>
    public void Read(in Segment segment)
    {
        bool wasFull = !HasRoom;
        _unread -= segment.StreamBytes;
        if (wasFull && HasRoom)
        {
            Peer.Out.OnRead();
        }
        if (State is EndState.Closed or EndState.Gone)
        {
            return;
        }
        switch (segment.Kind)
        {
            case SegmentKind.Handshake:
                Advance((HandshakeStep)segment.Type);
                break;
            case SegmentKind.Frame when State == EndState.Open:
                ReadFrame(segment);
                break;
            case SegmentKind.End when State == EndState.Handshaking:
                FailHandshake(ErrorCodes.HandshakeFailed, "The peer closed the connection during the handshake.");
                break;
            case SegmentKind.End:
                End(_code);
                break;
            default:
                break;
        }
    }

    /// <summary>The process sends a frame; false where the queue is full or the link is no more.</summary>
    public bool TrySend(in Segment frame)
    {
        if (State != EndState.Open || !Out.HasRoom(frame.StreamBytes))
        {
            Machine.Traffic.Dropped++;
            Free(frame);
            return false;
        }
        Machine.Traffic.Count(frame);
        Out.Send(frame);
        return true;
    }

    /// <summary>The process closes the link, with a goodbye. It hears of the end when the peer has closed too, or after 2 s.</summary>
    public void Close(string code, string reason)
    {
        if (State != EndState.Open)
        {
            return;
        }
        TrySend(Process!.Encode(new Goodbye(code, reason)));
        State = EndState.Closing;
        _code = code;
        Out.Send(new Segment(SegmentKind.End, 0, null, 0));
        Connection.LimitLinger(this);
    }

    /// <summary>The peer's machine says that it knows nothing of this connection.</summary>
    public void OnReset() => Lose(tellPeer: false);

    /// <summary>This machine's system repeated a segment too often.</summary>
    public void GiveUp() => Lose(tellPeer: true);

    /// <summary>The peer did not close in time.</summary>
    public void OnLingerTimeout()
    {
        if (State == EndState.Closing)
        {
            Lose(tellPeer: true);
        }
    }

    /// <summary>The process is gone; its system sends what was queued, and the end.</summary>
    public void Orphan()
    {
        if (State is EndState.Handshaking or EndState.Open)
        {
            Out.Send(new Segment(SegmentKind.End, 0, null, 0));
        }
        State = EndState.Closed;
        Machine.Release(this);
    }

    /// <summary>The machine lost its power.</summary>
    public void Vanish()
    {
        State = EndState.Gone;
        Out.Break();
        Machine.Release(this);
    }

    private void ReadFrame(in Segment segment)
    {
        if (segment.Type == MessageType.Goodbye)
        {
            Goodbye goodbye = WireMessage.Read<Goodbye>(segment.Sequence);
            End(goodbye.Code);
            return;
        }
        Process!.OnFrame(this, segment);
    }

    /// <summary>The peer has ended its direction: this one ends too, and the process is told.</summary>
    private void End(string? code)
    {
        if (State == EndState.Open)
        {
            Out.Send(new Segment(SegmentKind.End, 0, null, 0));
        }
        State = EndState.Closed;
        Machine.Release(this);
        if (!_isRefused)
        {
            Process!.OnLinkClosed(this, code);
        }
    }

    private void Lose(bool tellPeer)
    {
        if (State is EndState.Closed or EndState.Gone)
        {
            Out.Break();
            return;
        }
        if (tellPeer)
        {
            Connection.SendReset(this);
        }
        bool wasLink = State is EndState.Open or EndState.Closing;
        Out.Break();
        if (wasLink)
        {
            State = EndState.Closed;
            Machine.Release(this);
            if (!_isRefused)
            {
                Machine.Take(new Input(InputKind.LinkLost, this, default, _code ?? ErrorCodes.LinkClosed));
            }
        }
        else
        {
            FailHandshake(ErrorCodes.HandshakeFailed, "The connection broke during the handshake.");
        }
    }

    private void Free(in Segment segment)
    {
        if (segment.Body is { } body)
        {
            _network.Buffers.Return(body);
        }
    }
}
