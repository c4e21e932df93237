using System.Buffers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>Bodies to messages and back. Reading copies everything out of the body, which is lent for the call only.</summary>
internal static class WireMessage
{
    /// <summary>Appends the body of <paramref name="message"/>.</summary>
    public static void Write<T>(in T message, IBufferWriter<byte> output)
        where T : struct, IMessage<T>
    {
        var writer = new MessagePackWriter(output);
        message.Write(ref writer);
        writer.Flush();
    }

    /// <summary>Reads a body that is exactly one message; throws <c>wire_malformed</c> or <c>wire_limit</c>.</summary>
    public static T Read<T>(in ReadOnlySequence<byte> body)
        where T : struct, IMessage<T>
    {
        T message = ReadHead<T>(body, Limits.ControlFrameBytes, out int consumed);
        return consumed == body.Length
            ? message
            : throw new ToreException(ErrorCodes.WireMalformed,
                $"A {T.Type} message is followed by {body.Length - consumed} bytes that are not its own.");
    }

    /// <summary>
    /// Reads the message at the front of a body and lends the bytes behind it: the tensor, little-endian f32. The caller checks
    /// their number against the shape that the message gives.
    /// </summary>
    public static T ReadWithTensor<T>(in ReadOnlySequence<byte> body, out ReadOnlySequence<byte> tensor)
        where T : struct, IMessage<T>
    {
        T message = ReadHead<T>(body, Limits.ActivationHeaderBytes, out int consumed);
        tensor = body.Slice(consumed);
        return message;
    }

    private static T ReadHead<T>(in ReadOnlySequence<byte> body, int bytesMax, out int consumed)
        where T : struct, IMessage<T>
    {
        int length = (int)Math.Min(body.Length, bytesMax);
        if (body.FirstSpan.Length >= length)
        {
            return ReadSpan<T>(body.FirstSpan[..length], out consumed);
        }
        byte[] whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.Slice(0, length).CopyTo(whole);
            return ReadSpan<T>(whole.AsSpan(0, length), out consumed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private static T ReadSpan<T>(ReadOnlySpan<byte> bytes, out int consumed)
        where T : struct, IMessage<T>
    {
        var reader = new MessagePackReader(bytes);
        if (T.TryRead(ref reader, out T message))
        {
            consumed = reader.Consumed;
            return message;
        }
        throw reader.Failure == WireFailure.Limit
            ? new ToreException(ErrorCodes.WireLimit, $"A {T.Type} message holds more than its limits allow, at byte {reader.Consumed}.")
            : new ToreException(ErrorCodes.WireMalformed,
                $"A {T.Type} message could not be read, at byte {reader.Consumed} of {bytes.Length}.");
    }
}
