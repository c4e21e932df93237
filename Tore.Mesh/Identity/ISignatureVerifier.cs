namespace Tore.Mesh.Identity;

/// <summary>Checks what <see cref="ISigner"/> signed.</summary>
internal interface ISignatureVerifier
{
    /// <summary>Whether <paramref name="publicKey"/> is a key and signed <paramref name="data"/>; never throws on bad input.</summary>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
