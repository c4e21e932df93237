using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// Signs and checks member records. The mesh id is signed too: a record is worth nothing in another mesh, so that whoever sits in
/// two cannot carry incarnations or farewells across.
/// </summary>
internal static class MemberSignature
{
    private static ReadOnlySpan<byte> Purpose => "tore member"u8;

    /// <summary>Makes a record of the signer.</summary>
    public static MemberRecord Sign(
        ISigner signer, MeshId mesh, ulong incarnation, ulong start, IReadOnlyList<string> addresses, bool leaves)
    {
        var signed = new ArrayBufferWriter<byte>();
        signed.Write(Purpose);
        mesh.CopyTo(signed.GetSpan(MeshId.Size));
        signed.Advance(MeshId.Size);
        int bodyAt = signed.WrittenCount;
        var writer = new MessagePackWriter(signed);
        MemberRecord.WriteBody(ref writer, signer, incarnation, start, addresses, leaves);
        writer.Flush();
        return MemberRecord.FromBody(signed.WrittenSpan[bodyAt..].ToArray(), signer.Sign(signed.WrittenSpan));
    }

    /// <summary>Whether the node that the record speaks of signed it, for this mesh.</summary>
    public static bool IsGood(MemberRecord record, MeshId mesh, ISignatureVerifier verifier) =>
        IsKeyOfNode(record) && IsSigned(record, mesh, verifier);

    /// <summary>Whether the node's id follows from the key in the record.</summary>
    public static bool IsKeyOfNode(MemberRecord record) => NodeId.FromPublicKey(record.PublicKey.Span) == record.Node;

    /// <summary>Whether the key in the record signed it, for this mesh.</summary>
    public static bool IsSigned(MemberRecord record, MeshId mesh, ISignatureVerifier verifier)
    {
        int length = Purpose.Length + MeshId.Size + record.Body.Length;
        byte[] signed = ArrayPool<byte>.Shared.Rent(length);
        Purpose.CopyTo(signed);
        mesh.CopyTo(signed.AsSpan(Purpose.Length));
        record.Body.Span.CopyTo(signed.AsSpan(Purpose.Length + MeshId.Size));
        bool good = verifier.Verify(record.PublicKey.Span, signed.AsSpan(0, length), record.Signature.Span);
        ArrayPool<byte>.Shared.Return(signed);
        return good;
    }
}
