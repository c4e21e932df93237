namespace Tore.Mesh.Inference;

/// <summary>How far the loading of a shard has come.</summary>
/// <param name="Bytes">Bytes of tensors read so far, as stored.</param>
/// <param name="TotalBytes">Bytes to read.</param>
public readonly record struct LoadProgress(long Bytes, long TotalBytes);
