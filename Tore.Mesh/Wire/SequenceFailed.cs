using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>A stage cannot go on with a request; it has freed its slot and KV.</summary>
/// <param name="Sequence">The request.</param>
/// <param name="Route">The route it failed on.</param>
/// <param name="Code">One of the stable error codes, such as <c>numeric_overflow</c> or <c>stage_lost</c>.</param>
/// <param name="Text">What happened, for people.</param>
internal readonly record struct SequenceFailed(Guid Sequence, uint Route, string Code, string Text) : IMessage<SequenceFailed>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SequenceFailed;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Sequence);
        writer.Write(Route);
        writer.Write(Code);
        writer.Write(Text);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out SequenceFailed message)
    {
        message = default;
        if (!reader.TryReadFields(4, out int added)
            || !reader.TryRead(out Guid sequence)
            || !reader.TryRead(out uint route)
            || !reader.TryRead(Limits.WireNameBytes, out string code)
            || !reader.TryRead(Limits.WireTextBytes, out string text)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new SequenceFailed(sequence, route, code, text);
        return true;
    }
}
