namespace Tore.Mesh.Identity;

/// <summary>ECDSA P-256 over SHA-256, as every node signs.</summary>
internal sealed class EcdsaVerifier : ISignatureVerifier
{
    /// <summary>The one there is: it keeps nothing.</summary>
    public static EcdsaVerifier Instance { get; } = new();

    private EcdsaVerifier()
    {
    }

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        LinkIdentity.Verify(publicKey, data, signature);
}
