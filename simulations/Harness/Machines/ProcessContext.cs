using Tore.Mesh.Harness.Network;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Harness.Machines;

/// <summary>
/// What a process sees of its machine: its key, disk and chance, and the network. None of it calls back into the process. Once the process
/// is dead, nothing it does has an effect.
/// </summary>
internal sealed class ProcessContext
{
    private const int FirstEphemeralPort = 32768;
    private const int EphemeralPorts = 28_000;

    private readonly Dictionary<long, ConnectionEnd> _links = [];
    private long _lastLink;

    /// <summary>Makes what the next process of a machine sees.</summary>
    public ProcessContext(Machine machine, SeededRandom random) => (Machine, Random) = (machine, random);

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>Its chance.</summary>
    public SeededRandom Random { get; }

    /// <summary>Whether it still runs.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>Its key.</summary>
    public ISigner Signer => Machine.Key;

    /// <summary>Who checks signatures.</summary>
    public ISignatureVerifier Verifier => Machine.Simulation.Keys;

    /// <summary>The machine's files.</summary>
    public MachineDisk Disk => Machine.Disk;

    /// <summary>Both clocks now.</summary>
    public Moment Now => Machine.Clock.At(Machine.Simulation.Now);

    /// <summary>Incoming connections whose handshake is not over.</summary>
    public int PendingHandshakes { get; set; }

    /// <summary>Links that stand.</summary>
    public int Links => _links.Count;

    /// <summary>The same, by number.</summary>
    public IReadOnlyDictionary<long, ConnectionEnd> OpenLinks => _links;

    /// <summary>Dials. Answered by exactly one opened link with this address, or failed dial.</summary>
    public void Dial(PeerAddress address, NodeId? expected)
    {
        if (IsAlive)
        {
            _ = new Connection(Machine.Simulation.Network, this, address, expected);
        }
    }

    /// <summary>Queues a message; false when the link is gone or its queue is full.</summary>
    public bool TrySend<T>(long link, in T message)
        where T : struct, IMessage<T> =>
        IsAlive && _links.TryGetValue(link, out ConnectionEnd? end) && end.TrySend(Encode(message));

    /// <summary>Queues a frame of any body, as a hostile program may.</summary>
    public bool TrySend(long link, MessageType type, ReadOnlySpan<byte> body) =>
        IsAlive && _links.TryGetValue(link, out ConnectionEnd? end) && end.TrySend(Framed(type, body));

    /// <summary>Says goodbye and closes.</summary>
    public void Close(long link, string code, string reason)
    {
        if (IsAlive && _links.TryGetValue(link, out ConnectionEnd? end))
        {
            end.Close(code, reason);
        }
    }

    /// <summary>The message as bytes on their way.</summary>
    public Segment Encode<T>(in T message)
        where T : struct, IMessage<T>
    {
        System.Buffers.ArrayBufferWriter<byte> scratch = Machine.Simulation.Scratch;
        scratch.ResetWrittenCount();
        WireMessage.Write(message, scratch);
        if ((MessageTypes.LinksOf(T.Type) & LinkKind.Control) == 0)
        {
            throw new InvalidOperationException($"{T.Type} does not belong on a control link.");
        }
        return Framed(T.Type, scratch.WrittenSpan);
    }

    /// <summary>A number for a link, never used before in this process.</summary>
    public long NextLink() => ++_lastLink;

    /// <summary>A connection became a link.</summary>
    public bool OnLinkOpened(ConnectionEnd end, Machine peer)
    {
        _links[end.Link] = end;
        Connection connection = end.Connection;
        PeerAddress? dialled = end.IsDialler ? connection.Address : null;
        PeerAddress remote = dialled
            ?? new PeerAddress(peer.Address.Host, FirstEphemeralPort + (int)(connection.Number % EphemeralPorts));
        return Machine.Process!.OnLinkOpened(end.Link, peer.Id, remote, dialled, Now);
    }

    /// <summary>A link is gone.</summary>
    public void OnLinkClosed(ConnectionEnd end, string? code)
    {
        Forget(end);
        Machine.Process!.OnLinkClosed(end.Link, code, Now);
    }

    /// <summary>The process has no use for the link.</summary>
    public void Forget(ConnectionEnd end) => _links.Remove(end.Link);

    /// <summary>A frame came. What breaks the protocol closes the link, as a node does.</summary>
    public void OnFrame(ConnectionEnd end, in Segment frame)
    {
        try
        {
            Machine.Process!.OnFrame(end.Link, frame.Type, frame.Sequence, Now);
        }
        catch (ToreException reason)
        {
            end.Close(reason.Code, reason.Message);
        }
    }

    /// <summary>The process is gone.</summary>
    public void End() => IsAlive = false;

    private Segment Framed(MessageType type, ReadOnlySpan<byte> body)
    {
        if (Frame.HeaderBytes + body.Length > Limits.ControlFrameBytes)
        {
            throw new InvalidOperationException($"A {type} message of {body.Length} bytes does not fit a frame.");
        }
        byte[] buffer = Machine.Simulation.Network.Buffers.Rent(body.Length);
        body.CopyTo(buffer);
        return new Segment(SegmentKind.Frame, type, buffer, body.Length);
    }
}
