using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>
/// Signs and checks records of one kind. Purpose and mesh are signed too: a record is worth nothing as one of another kind, or in
/// another mesh.
/// </summary>
internal sealed class RecordSeal
{
    private readonly byte[] _head;
    private readonly ISignatureVerifier _verifier;

    /// <param name="purpose">No kind's begins with another's.</param>
    /// <param name="mesh">Where records are worth something.</param>
    /// <param name="verifier">Checks signatures.</param>
    public RecordSeal(string purpose, MeshId mesh, ISignatureVerifier verifier)
    {
        _head = [.. System.Text.Encoding.ASCII.GetBytes(purpose), .. new byte[MeshId.Size]];
        mesh.CopyTo(_head.AsSpan(purpose.Length));
        _verifier = verifier;
    }

    /// <summary>Signs a body.</summary>
    public SignedBody Sign(ISigner signer, ReadOnlyMemory<byte> body) => new(body, signer.Sign([.. _head, .. body.Span]));

    /// <summary>Whether the holder of the key signed the body.</summary>
    public bool IsGood(ReadOnlySpan<byte> publicKey, in SignedBody signed)
    {
        int length = _head.Length + signed.Body.Length;
        byte[] data = ArrayPool<byte>.Shared.Rent(length);
        _head.CopyTo(data, 0);
        signed.Body.Span.CopyTo(data.AsSpan(_head.Length));
        bool good = _verifier.Verify(publicKey, data.AsSpan(0, length), signed.Signature.Span);
        ArrayPool<byte>.Shared.Return(data);
        return good;
    }
}
