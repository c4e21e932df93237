using System.Buffers;
using System.Buffers.Binary;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// A frame: length (4 bytes, big-endian, of all that follows it), message number (2 bytes, big-endian), body. On control links the
/// body is one MessagePack array; on activation links raw little-endian f32 may follow the array, up to the frame's end.
/// </summary>
internal static class Frame
{
    /// <summary>Bytes before the body.</summary>
    public const int HeaderBytes = LengthBytes + TypeBytes;

    private const int LengthBytes = 4;
    private const int TypeBytes = 2;

    /// <summary>Bytes of the largest frame on a link of this kind, its header included.</summary>
    public static int BytesMax(LinkKind kind) => kind == LinkKind.Activation ? Limits.ActivationFrameBytes : Limits.ControlFrameBytes;

    /// <summary>Writes the 6 bytes before a body.</summary>
    public static void WriteHeader(Span<byte> destination, MessageType type, int bodyBytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(TypeBytes + bodyBytes));
        BinaryPrimitives.WriteUInt16BigEndian(destination[LengthBytes..], (ushort)type);
    }

    /// <summary>
    /// Takes one frame off the front of <paramref name="buffer"/>; false when more bytes must come first. The claimed length is
    /// judged as soon as it is there: <c>wire_malformed</c> when it cannot hold a message number, <c>wire_limit</c> above
    /// <paramref name="bytesMax"/>.
    /// </summary>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int bytesMax, out MessageType type, out ReadOnlySequence<byte> body)
    {
        type = 0;
        body = default;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (buffer.Length < LengthBytes)
        {
            return false;
        }
        buffer.Slice(0, LengthBytes).CopyTo(header);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length < TypeBytes)
        {
            throw new ToreException(ErrorCodes.WireMalformed, $"The peer sent a frame of {length} bytes, too few for a message number.");
        }
        if (length > bytesMax - LengthBytes)
        {
            throw new ToreException(ErrorCodes.WireLimit,
                $"The peer announced a frame of {length} bytes; this kind of link takes {bytesMax}. One of the two is broken.");
        }
        if (buffer.Length < LengthBytes + length)
        {
            return false;
        }
        buffer.Slice(LengthBytes, TypeBytes).CopyTo(header);
        type = (MessageType)BinaryPrimitives.ReadUInt16BigEndian(header);
        body = buffer.Slice(HeaderBytes, length - TypeBytes);
        buffer = buffer.Slice(LengthBytes + length);
        return true;
    }
}
