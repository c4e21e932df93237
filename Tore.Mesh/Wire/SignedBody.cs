using Tore.Mesh.Identity;

namespace Tore.Mesh.Wire;

/// <summary>A body and its author's signature, kept and passed on as the bytes that came. Proves nothing before it is verified.</summary>
/// <param name="Body">A MessagePack array.</param>
/// <param name="Signature">Over a purpose, the mesh id and the body.</param>
internal readonly record struct SignedBody(ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Bytes on the wire, at most.</summary>
    public int Size => Body.Length + Signature.Length + 12;

    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.WriteBinary(Body.Span);
        writer.WriteBinary(Signature.Span);
    }

    /// <summary>Reads the value, copied out of the input.</summary>
    public static bool TryRead(ref MessagePackReader reader, int bodyBytesMax, out SignedBody value)
    {
        value = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryReadBinary(bodyBytesMax, out ReadOnlySpan<byte> body)
            || !reader.TryReadBinary(NodeKey.SignatureBytes, out ReadOnlySpan<byte> signature)
            || !reader.TrySkip(added))
        {
            return false;
        }
        byte[] kept = new byte[body.Length + signature.Length];
        body.CopyTo(kept);
        signature.CopyTo(kept.AsSpan(body.Length));
        value = new SignedBody(kept.AsMemory(0, body.Length), kept.AsMemory(body.Length));
        return true;
    }
}
