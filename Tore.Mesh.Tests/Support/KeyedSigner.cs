using System.Security.Cryptography;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Support;

/// <summary>
/// Signatures that cost a hash: HMAC under a key that follows from the public one and a secret of this process. Nobody but a
/// holder of this class can make them, which is all that a test's liar must not.
/// </summary>
internal sealed class KeyedSigner : ISigner, ISignatureVerifier
{
    private static readonly byte[] Secret = "a test's liar does not know this"u8.ToArray();

    private readonly byte[] _publicKey;

    public KeyedSigner(int number)
    {
        _publicKey = SHA256.HashData(BitConverter.GetBytes(number));
        Id = NodeId.FromPublicKey(_publicKey);
    }

    public static ISignatureVerifier Verifier { get; } = new KeyedSigner(0);

    public NodeId Id { get; }

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public byte[] Sign(ReadOnlySpan<byte> data) => Signature(_publicKey, data);

    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        Signature(publicKey, data).AsSpan().SequenceEqual(signature);

    private static byte[] Signature(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, Secret);
        mac.AppendData(publicKey);
        mac.AppendData(data);
        return mac.GetHashAndReset();
    }
}
