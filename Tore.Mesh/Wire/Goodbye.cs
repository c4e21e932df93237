using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>The sender closes this link; nothing follows. <see cref="Code"/> is one of the stable error codes.</summary>
internal readonly record struct Goodbye(string Code, string Text) : IMessage<Goodbye>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Goodbye;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Code);
        writer.Write(Text);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Goodbye message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(Limits.WireNameBytes, out string code)
            || !reader.TryRead(Limits.WireTextBytes, out string text)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Goodbye(code, text);
        return true;
    }
}
