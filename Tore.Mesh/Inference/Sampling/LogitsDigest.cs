using System.Security.Cryptography;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference.Sampling;

/// <summary>SHA-256 over the little-endian f32 logits of every generated position, in order, as the model gave them.</summary>
internal sealed unsafe class LogitsDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds the row of the next position.</summary>
    public void Append(float* logits, int vocabulary) =>
        _hash.AppendData(new ReadOnlySpan<byte>(logits, checked(vocabulary * sizeof(float))));

    /// <summary>The digest of what was added so far; more rows may follow.</summary>
    public Digest Current()
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        _hash.GetCurrentHash(bytes);
        return new Digest(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
