using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>One tensor of a manifest.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RawType">Its type as GGUF numbers it.</param>
/// <param name="Dimensions">Its dimensions as stored.</param>
/// <param name="Bytes">Its stored size; follows from type and dimensions, so it is not hashed.</param>
/// <param name="Digest">SHA-256 of its stored bytes.</param>
public sealed record ManifestTensor(string Name, int RawType, IReadOnlyList<long> Dimensions, long Bytes, Digest Digest);
