using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

/// <summary>A message type with what its tests need: bytes in, bytes out, and how to generate one.</summary>
internal abstract record WireCase(MessageType Type)
{
    /// <summary>Encodes a generated message; the same seed gives the same bytes.</summary>
    public abstract byte[] Generate(int seed);

    /// <summary>Decodes a body and encodes it again, with what followed the message in the frame.</summary>
    public abstract byte[] ReadAndWrite(byte[] body, out byte[] tensor);

    /// <summary>Decodes a body that must be one message and nothing else.</summary>
    public abstract void Read(byte[] body);

    public override string ToString() => Type.ToString();

    public static byte[] Encode<T>(in T message)
        where T : struct, IMessage<T>
    {
        var output = new ArrayBufferWriter<byte>();
        WireMessage.Write(message, output);
        return output.WrittenSpan.ToArray();
    }
}

/// <inheritdoc/>
internal sealed record WireCase<T>(Func<FieldSource, T> Make) : WireCase(T.Type)
    where T : struct, IMessage<T>
{
    public override byte[] Generate(int seed) => Encode(Make(new FieldSource(seed)));

    public override byte[] ReadAndWrite(byte[] body, out byte[] tensor)
    {
        T message = WireMessage.ReadWithTensor<T>(Split(body), out ReadOnlySequence<byte> rest);
        tensor = rest.ToArray();
        return Encode(message);
    }

    public override void Read(byte[] body) => WireMessage.Read<T>(new ReadOnlySequence<byte>(body));

    public override string ToString() => Type.ToString();

    /// <summary>The body in pieces of 7 bytes, as a slow network would bring it.</summary>
    private static ReadOnlySequence<byte> Split(byte[] body)
    {
        Piece first = new(body.AsMemory(0, Math.Min(7, body.Length)), 0);
        Piece last = first;
        for (int at = 7; at < body.Length; at += 7)
        {
            last = last.Append(body.AsMemory(at, Math.Min(7, body.Length - at)));
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
