using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// Positions of one request on their way to the next stage. To stage 1 they are token ids and no tensor follows; to every other stage
/// <see cref="Count"/> x <see cref="Width"/> little-endian f32 follow, row by row, up to the frame's end.
/// </summary>
/// <param name="Sequence">The request.</param>
/// <param name="Route">Its route.</param>
/// <param name="Position">Absolute position of the first row.</param>
/// <param name="Count">Rows, at least 1.</param>
/// <param name="Width">Floats a row; 0 with <paramref name="Ids"/>.</param>
/// <param name="Flags">What else is asked for.</param>
/// <param name="Ids">The tokens, for stage 1; else empty.</param>
internal readonly record struct Activations(
    Guid Sequence, uint Route, int Position, int Count, int Width, ActivationFlags Flags, ReadOnlyMemory<int> Ids) : IMessage<Activations>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Activations;

    /// <summary>Bytes of the tensor behind this header.</summary>
    public long TensorBytes => 4L * Count * Width;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(7);
        writer.Write(Sequence);
        writer.Write(Route);
        writer.Write(Position);
        writer.Write(Count);
        writer.Write(Width);
        writer.Write((int)Flags);
        writer.Write(Ids.Span);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Activations message)
    {
        message = default;
        if (!reader.TryReadFields(7, out int added)
            || !reader.TryRead(out Guid sequence)
            || !reader.TryRead(out uint route)
            || !reader.TryReadCount(out int position)
            || !reader.TryReadCount(out int count)
            || !reader.TryReadCount(out int width)
            || !reader.TryReadCount(out int flags)
            || !reader.TryRead(Limits.PrefillTokens, out int[] ids)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Activations(sequence, route, position, count, width, (ActivationFlags)flags, ids);
        if (count > Limits.PrefillTokens || message.TensorBytes > Limits.ActivationBytes)
        {
            return reader.Refuse(WireFailure.Limit);
        }
        // Ids or rows, one of the two; and the last position must be a number too.
        bool idsOrRows = ids.Length == 0 ? width > 0 : ids.Length == count && width == 0;
        return (count > 0 && idsOrRows && position <= int.MaxValue - count) || reader.Refuse(WireFailure.Malformed);
    }
}
