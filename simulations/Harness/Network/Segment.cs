using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Harness.Network;

/// <summary>
/// A piece of a connection's stream that travels as one: a frame, a step of the handshake, or the end. One longer than a TCP segment is
/// lost where any of its parts is.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">The frame's message number, or the handshake's step.</param>
/// <param name="Body">The frame's body at the front of a rented array; null without.</param>
/// <param name="BodyBytes">The body's bytes.</param>
internal readonly record struct Segment(SegmentKind Kind, MessageType Type, byte[]? Body, int BodyBytes)
{
    /// <summary>Bytes of IPv4 and TCP headers, with timestamps.</summary>
    public const int HeaderBytes = 52;

    /// <summary>Bytes of the stream that one packet carries.</summary>
    public const int PayloadBytesMax = 1448;

    private const int RecordBytesMax = 16 * 1024;
    private const int RecordOverhead = 22;

    /// <summary>Bytes of the stream: the frame within its TLS records.</summary>
    public int StreamBytes => Kind switch
    {
        SegmentKind.Frame => Framed(Frame.HeaderBytes + BodyBytes),
        SegmentKind.Handshake => BodyBytes,
        _ => Framed(2),
    };

    /// <summary>The body, for a reader.</summary>
    public ReadOnlySequence<byte> Sequence => new(Body!, 0, BodyBytes);

    /// <summary>TCP segments that it takes.</summary>
    public int Parts => ((StreamBytes + PayloadBytesMax - 1) / PayloadBytesMax) is var parts && parts > 0 ? parts : 1;

    /// <summary>Bytes that the sender's line carries for it.</summary>
    public int LineBytes => StreamBytes + (Parts * HeaderBytes);

    /// <summary>Bytes of the acknowledgements that come back: every second segment has one.</summary>
    public int AcknowledgementBytes => ((Parts + 1) / 2) * HeaderBytes;

    private static int Framed(int bytes) => bytes + (((bytes + RecordBytesMax - 1) / RecordBytesMax) * RecordOverhead);
}
