namespace Tore.Mesh.Models;

/// <summary>How far the hashing of a model has come, in bytes of tensor data.</summary>
public readonly record struct ModelIdentityProgress(long DoneBytes, long TotalBytes);
