using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>The answer to <see cref="OpenShard"/> or <see cref="OpenSequence"/> when it cannot be done; nothing was kept for it.</summary>
/// <param name="Call">That of the question.</param>
/// <param name="Code">One of the stable error codes.</param>
/// <param name="Text">What happened, for people.</param>
internal readonly record struct Refused(uint Call, string Code, string Text) : IMessage<Refused>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Refused;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Call);
        writer.Write(Code);
        writer.Write(Text);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Refused message)
    {
        message = default;
        if (!reader.TryReadFields(3, out int added)
            || !reader.TryRead(out uint call)
            || !reader.TryRead(Limits.WireNameBytes, out string code)
            || !reader.TryRead(Limits.WireTextBytes, out string text)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Refused(call, code, text);
        return true;
    }
}
