using System.Security.Cryptography;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>
/// Proof of the mesh's secret, bound to this link: HMAC-SHA256 under the mesh's proof key of
/// role (1 byte) || dialler's hello || acceptor's hello || SHA-256(dialler's key) || SHA-256(acceptor's key).
/// Both nonces make it fresh, the role keeps it from being sent back, the key hashes tie it to what TLS authenticated.
/// </summary>
internal static class LinkProof
{
    /// <summary>Bytes of a proof.</summary>
    public const int Size = 32;

    private const int TranscriptBytes = 1 + (2 * LinkHello.Size) + (2 * Digest.Size);

    /// <summary>The proof of one role.</summary>
    public static byte[] Create(
        MeshSecret mesh, LinkRole role, ReadOnlySpan<byte> diallerHello, ReadOnlySpan<byte> acceptorHello,
        Digest diallerKey, Digest acceptorKey)
    {
        Span<byte> transcript = stackalloc byte[TranscriptBytes];
        transcript[0] = (byte)role;
        Span<byte> rest = transcript[1..];
        diallerHello.CopyTo(rest);
        acceptorHello.CopyTo(rest[LinkHello.Size..]);
        diallerKey.CopyTo(rest[(2 * LinkHello.Size)..]);
        acceptorKey.CopyTo(rest[((2 * LinkHello.Size) + Digest.Size)..]);
        return HMACSHA256.HashData(mesh.ProofKey, transcript);
    }
}
