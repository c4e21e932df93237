using System.Security.Cryptography;
using System.Text;

namespace Tore.Mesh.Identity;

/// <summary>
/// What the members of a mesh share: a name and 32 random bytes, or a name alone. A mesh without a secret runs the same
/// exchange with 32 zero bytes, so that secrets change no byte of the protocol; it then proves keys, not membership.
/// </summary>
public sealed class MeshSecret
{
    /// <summary>Bytes of a secret.</summary>
    public const int Size = 32;

    private readonly byte[] _secret;
    private readonly byte[] _proofKey;

    private MeshSecret(string name, byte[] secret, bool isPrivate)
    {
        Name = name;
        IsPrivate = isPrivate;
        _secret = secret;
        _proofKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Size, info: "tore proof"u8.ToArray());
        Id = MeshId.FromBytes(isPrivate
            ? HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, MeshId.Size, info: "tore mesh"u8.ToArray())
            : SHA256.HashData(Encoding.UTF8.GetBytes("tore mesh " + name)).AsSpan(0, MeshId.Size));
    }

    /// <summary>This machine's mesh, which a bare <c>tore up</c> joins on loopback.</summary>
    public static MeshSecret Local { get; } = new("local", new byte[Size], isPrivate: false);

    /// <summary>The mesh of everybody who says <c>--open</c>.</summary>
    public static MeshSecret Open { get; } = new("open", new byte[Size], isPrivate: false);

    /// <summary>The mesh's name, for people.</summary>
    public string Name { get; }

    /// <summary>Whether membership is proven by a secret.</summary>
    public bool IsPrivate { get; }

    /// <summary>
    /// The fingerprint: 8 bytes of HKDF-SHA256(secret, info "tore mesh"), or without a secret the first 8 of
    /// SHA-256("tore mesh " + name).
    /// </summary>
    public MeshId Id { get; }

    /// <summary>The secret itself, for an invite; 32 zero bytes where there is none.</summary>
    internal ReadOnlySpan<byte> Secret => _secret;

    /// <summary>HKDF-SHA256(secret, info "tore proof"), no salt: the key of the link proofs.</summary>
    internal ReadOnlySpan<byte> ProofKey => _proofKey;

    /// <summary>Makes a private mesh's secret from the system's generator.</summary>
    public static MeshSecret Create(string name) => new(name, RandomNumberGenerator.GetBytes(Size), isPrivate: true);

    /// <summary>Takes a secret that was made elsewhere. All zeros is no secret.</summary>
    public static MeshSecret FromBytes(string name, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, Size);
        if (!secret.ContainsAnyExcept((byte)0))
        {
            throw new ArgumentException("32 zero bytes stand for a mesh without a secret.", nameof(secret));
        }
        return new MeshSecret(name, secret.ToArray(), isPrivate: true);
    }

    /// <summary>Name and fingerprint; never the secret.</summary>
    public override string ToString() => $"{Name} ({Id})";
}
