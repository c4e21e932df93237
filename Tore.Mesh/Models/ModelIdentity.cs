using System.Buffers;
using System.Security.Cryptography;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>
/// A model's identity: SHA-256 over its <see cref="ModelManifest"/>. The same for a whole file and its split parts, whatever
/// their names; another as soon as one weight, one token or the chat template differs.
/// </summary>
public static class ModelIdentity
{
    // Large enough to keep the disk and the hash busy, small enough to answer a cancellation at once.
    private const int ChunkBytes = 1 << 20;

    /// <summary>The identity, from the cache when it knows these files by path, size and time.</summary>
    /// <param name="file">The model.</param>
    /// <param name="cache">Where identities are remembered, if anywhere.</param>
    /// <param name="progress">Is told after each megabyte, from any thread.</param>
    /// <param name="threads">How many tensors are hashed at a time.</param>
    /// <param name="cancellationToken">Ends the work within a megabyte.</param>
    /// <exception cref="ToreException"><c>unknown_tensor_type</c> where the size of a tensor is not known;
    /// <c>file_not_readable</c>, <c>model_truncated</c> or <c>model_malformed</c> when the file changes or fails meanwhile.</exception>
    public static async Task<Digest> ComputeAsync(
        GgufFile file,
        ModelIdentityCache? cache = null,
        IProgress<ModelIdentityProgress>? progress = null,
        int threads = 2,
        CancellationToken cancellationToken = default)
    {
        if (cache is not null && cache.TryGet(file, out Digest known))
        {
            return known;
        }
        ModelManifest manifest = await ManifestAsync(file, progress, threads, cancellationToken);
        cache?.Put(file, manifest.Digest);
        return manifest.Digest;
    }

    /// <summary>Hashes every tensor and makes the manifest; parameters and errors as in <see cref="ComputeAsync"/>.</summary>
    public static async Task<ModelManifest> ManifestAsync(
        GgufFile file,
        IProgress<ModelIdentityProgress>? progress = null,
        int threads = 2,
        CancellationToken cancellationToken = default)
    {
        GgufTensor? unknown = file.Tensors.FirstOrDefault(tensor => tensor.Bytes < 0);
        if (unknown is not null)
        {
            throw new ToreException(
                ErrorCodes.UnknownTensorType,
                $"{file.Path}: tensor '{unknown.Name}' has {unknown.TypeName}, whose size is not known, so the model cannot be "
                + "identified.");
        }
        long total = file.Tensors.Sum(tensor => tensor.Bytes);
        long done = 0;
        var hashed = new ManifestTensor[file.Tensors.Count];
        // The largest first, so that no thread is left alone with one at the end.
        int[] order = [.. Enumerable.Range(0, hashed.Length).OrderByDescending(i => file.Tensors[i].Bytes)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(order, options, (i, token) =>
        {
            GgufTensor tensor = file.Tensors[i];
            Digest digest = HashTensor(file, tensor, bytes => progress?.Report(new(Interlocked.Add(ref done, bytes), total)), token);
            hashed[i] = new ManifestTensor(tensor.Name, tensor.RawType, tensor.Dimensions, tensor.Bytes, digest);
            return ValueTask.CompletedTask;
        });
        if (file.Parts.Any(part => !part.IsUnchanged()))
        {
            throw new ToreException(
                ErrorCodes.ModelMalformed,
                $"{file.Path} changed while it was read: wait until it is completely written, then try again.");
        }
        return ModelManifest.Of(file, hashed);
    }

    private static Digest HashTensor(GgufFile file, GgufTensor tensor, Action<int> advance, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkBytes, tensor.Bytes));
        try
        {
            for (long at = 0; at < tensor.Bytes;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.Bytes - at));
                file.Read(tensor, at, chunk);
                hash.AppendData(chunk);
                at += chunk.Length;
                advance(chunk.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        Span<byte> value = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(value);
        return new Digest(value);
    }
}
