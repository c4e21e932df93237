using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>The body of one wire message; what is taken must be written and read again to the same bytes.</summary>
internal sealed class MessageTarget<TMessage>(IReadOnlyList<byte[]> corpus) : FuzzTarget
    where TMessage : struct, IMessage<TMessage>
{
    private readonly ArrayBufferWriter<byte> _first = new(1024);
    private readonly ArrayBufferWriter<byte> _second = new(1024);

    /// <inheritdoc/>
    public override string Name { get; } = typeof(TMessage).Name;

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus => corpus;

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        TMessage message = WireMessage.Read<TMessage>(new ReadOnlySequence<byte>(input));
        _first.ResetWrittenCount();
        WireMessage.Write(message, _first);
        _second.ResetWrittenCount();
        WireMessage.Write(WireMessage.Read<TMessage>(new ReadOnlySequence<byte>(_first.WrittenMemory)), _second);
        return _first.WrittenSpan.SequenceEqual(_second.WrittenSpan)
            ? true
            : throw new InvalidOperationException("written and read again, it is another message");
    }
}
