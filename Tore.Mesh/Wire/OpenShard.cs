using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// Load these layers of a model, or say that they are loaded. Answered by <see cref="ShardOpened"/> or <see cref="Refused"/> under the
/// same call number; loading may take minutes.
/// </summary>
/// <param name="Call">The asker's number for the answer, its own on each link.</param>
/// <param name="Model">The model.</param>
/// <param name="Layers">The range.</param>
/// <param name="ContextLength">Positions of one sequence that the shard must be able to hold.</param>
internal readonly record struct OpenShard(uint Call, Digest Model, LayerRange Layers, int ContextLength) : IMessage<OpenShard>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.OpenShard;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Call);
        writer.Write(Model);
        writer.Write(Layers);
        writer.Write(ContextLength);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out OpenShard message)
    {
        message = default;
        if (!reader.TryReadFields(4, out int added)
            || !reader.TryRead(out uint call)
            || !reader.TryRead(out Digest model)
            || !reader.TryRead(out LayerRange layers)
            || !reader.TryReadCount(out int contextLength)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new OpenShard(call, model, layers, contextLength);
        return true;
    }
}
