using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>The layers that <see cref="OpenShard"/> asked for are loaded.</summary>
/// <param name="Call">That of the question.</param>
/// <param name="Layers">The range registered now.</param>
/// <param name="Slots">Sequences that the shard runs at once.</param>
/// <param name="ContextLength">Positions of one sequence.</param>
/// <param name="EngineFingerprint">Version and hash of the arithmetic.</param>
internal readonly record struct ShardOpened(uint Call, LayerRange Layers, int Slots, int ContextLength, string EngineFingerprint)
    : IMessage<ShardOpened>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.ShardOpened;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(5);
        writer.Write(Call);
        writer.Write(Layers);
        writer.Write(Slots);
        writer.Write(ContextLength);
        writer.Write(EngineFingerprint);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out ShardOpened message)
    {
        message = default;
        if (!reader.TryReadFields(5, out int added)
            || !reader.TryRead(out uint call)
            || !reader.TryRead(out LayerRange layers)
            || !reader.TryReadCount(out int slots)
            || !reader.TryReadCount(out int contextLength)
            || !reader.TryRead(Limits.WireNameBytes, out string fingerprint)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new ShardOpened(call, layers, slots, contextLength, fingerprint);
        return true;
    }
}
