using System.Security.Cryptography;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Identity;

/// <summary>
/// The public half of a node, as a link knows it: the key, and what follows from the key. A TLS connection takes it
/// from the peer's certificate; a connection without certificates (memory, plain TCP) is handed one.
/// </summary>
public sealed class LinkIdentity
{
    /// <summary>RFC 5480: the DER bytes of a P-256 SubjectPublicKeyInfo up to the point, named curve, uncompressed (04).</summary>
    private static ReadOnlySpan<byte> Prefix =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>Bytes of every public key here: the prefix and two 32-byte coordinates.</summary>
    public const int PublicKeyBytes = 91;

    private readonly byte[] _publicKey;

    private LinkIdentity(byte[] publicKey)
    {
        _publicKey = publicKey;
        Id = NodeId.FromPublicKey(publicKey);
        KeyHash = Digest.Of(publicKey);
    }

    /// <summary>The id that the key certifies.</summary>
    public NodeId Id { get; }

    /// <summary>SHA-256 of <see cref="PublicKey"/>; stands in the link proofs.</summary>
    public Digest KeyHash { get; }

    /// <summary>SubjectPublicKeyInfo (DER), uncompressed point, named curve: <see cref="PublicKeyBytes"/> bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Takes a key; false unless it is a P-256 point on its named curve, uncompressed, in exactly that encoding.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> publicKey, out LinkIdentity? identity)
    {
        identity = null;
        if (!IsInForm(publicKey))
        {
            return false;
        }
        try
        {
            // The import refuses coordinates that are not on the curve.
            using ECDsa key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
        }
        catch (CryptographicException)
        {
            return false;
        }
        identity = new LinkIdentity(publicKey.ToArray());
        return true;
    }

    /// <summary>
    /// Checks a signature of the holder of a key, in one go: to import a key, which checks that its point is on the curve, takes longer
    /// than to verify with it. False where the key is none.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!IsInForm(publicKey) || signature.Length != NodeKey.SignatureBytes)
        {
            return false;
        }
        try
        {
            using ECDsa key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Checks a signature of this node: IEEE P1363 (r then s, 64 bytes) over SHA-256 of <paramref name="data"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => Verify(_publicKey, data, signature);

    /// <inheritdoc/>
    public override string ToString() => Id.ToString();

    private static bool IsInForm(ReadOnlySpan<byte> publicKey) => publicKey.Length == PublicKeyBytes && publicKey.StartsWith(Prefix);
}
