using System.Security.Cryptography;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>
/// A node's key whose signatures cost a hash, so that a million of them are no matter: the targets are the readers and the cores, not
/// ECDSA. The fuzzer holds the keys of those it plays, and nobody's else.
/// </summary>
internal sealed class FuzzKey : ISigner, ISignatureVerifier
{
    private static readonly byte[] Secret = "known to the fuzzer alone"u8.ToArray();
    private readonly byte[] _publicKey;

    public FuzzKey(int number)
    {
        _publicKey = SHA256.HashData(BitConverter.GetBytes(number));
        Id = NodeId.FromPublicKey(_publicKey);
    }

    /// <summary>Checks them.</summary>
    public static ISignatureVerifier Verifier { get; } = new FuzzKey(0);

    /// <inheritdoc/>
    public NodeId Id { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[NodeKey.SignatureBytes];
        Hash(_publicKey, data, signature);
        return signature;
    }

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[NodeKey.SignatureBytes];
        Hash(publicKey, data, expected);
        return expected.SequenceEqual(signature);
    }

    private static void Hash(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(Secret);
        hash.AppendData(publicKey);
        hash.AppendData(data);
        hash.GetHashAndReset(signature);
    }
}
