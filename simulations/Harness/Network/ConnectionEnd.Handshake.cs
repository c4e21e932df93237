using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Harness.Network;

/// <content>The handshake: who says what when, and what ends it.</content>
internal sealed partial class ConnectionEnd
{
    /// <summary>Bytes of each step with its TLS records, as measured between two nodes, rounded.</summary>
    private static ReadOnlySpan<int> StepBytes => [0, 330, 910, 800, 72, 54, 54, 30];

    /// <summary>TCP stands: the dialler begins.</summary>
    public void BeginHandshake()
    {
        Say(HandshakeStep.ClientHello);
        Connection.LimitHandshake(this);
    }

    /// <summary>The handshake took too long.</summary>
    public void OnHandshakeTimeout()
    {
        if (State == EndState.Handshaking)
        {
            FailHandshake(ErrorCodes.HandshakeTimeout, "The peer did not finish the handshake in time.");
        }
    }

    /// <summary>No connection came up: the process is told.</summary>
    public void FailDial(string code, string text)
    {
        State = EndState.Closed;
        Out.Break();
        Machine.Release(this);
        Machine.Take(new Input(InputKind.DialFailed, this, default, code, text));
    }

    private void Advance(HandshakeStep step)
    {
        if (State != EndState.Handshaking)
        {
            return;
        }
        switch (step)
        {
            case HandshakeStep.ClientHello:
                Say(HandshakeStep.ServerFlight);
                break;
            case HandshakeStep.ServerFlight when Connection.Expected is { } expected && expected != Peer.Machine.Id:
                FailHandshake(ErrorCodes.WrongPeer, "Another node than the expected one answers there.");
                break;
            case HandshakeStep.ServerFlight:
                Say(HandshakeStep.ClientFlight);
                break;
            case HandshakeStep.ClientFlight or HandshakeStep.ServerHello when Peer.Machine.Id == Machine.Id:
                FailHandshake(ErrorCodes.PeerIsSelf, "This node reached itself, or another with a copy of its key.");
                break;
            case HandshakeStep.ClientFlight or HandshakeStep.ServerHello when Peer.Machine.Mesh != Machine.Mesh:
                FailHandshake(ErrorCodes.WrongMesh, "The peer is in another mesh.");
                break;
            case HandshakeStep.ClientFlight:
                Say(HandshakeStep.ServerHello);
                break;
            case HandshakeStep.ServerHello:
                Say(HandshakeStep.ClientProof);
                break;
            case HandshakeStep.ClientProof:
                Say(HandshakeStep.ServerProof);
                break;
            case HandshakeStep.ServerProof:
                Say(HandshakeStep.LinkOpen);
                Open();
                break;
            default:
                Open();
                break;
        }
    }

    private void Say(HandshakeStep step) =>
        Out.Send(new Segment(SegmentKind.Handshake, (MessageType)step, null, StepBytes[(int)step]));

    private void Open()
    {
        State = EndState.Open;
        Link = Process!.NextLink();
        if (!Process.OnLinkOpened(this, Peer.Machine))
        {
            Process.Forget(this);
            _isRefused = true;
            Close(ErrorCodes.TooManyLinks, "This node stops, or has as many peers as it can have.");
        }
    }

    private void FailHandshake(string code, string text)
    {
        if (!Out.IsBroken)
        {
            Out.Send(new Segment(SegmentKind.End, 0, null, 0));
        }
        State = EndState.Closed;
        Machine.Release(this);
        if (IsDialler)
        {
            Machine.Take(new Input(InputKind.DialFailed, this, default, code, text));
        }
    }
}
