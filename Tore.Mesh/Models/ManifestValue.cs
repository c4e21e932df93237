using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>One metadata value of a manifest.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Type">Its type.</param>
/// <param name="Digest">SHA-256 of the value as GGUF stores it, after the type tag.</param>
public readonly record struct ManifestValue(string Key, GgufValueType Type, Digest Digest);
