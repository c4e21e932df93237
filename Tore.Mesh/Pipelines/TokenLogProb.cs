namespace Tore.Mesh.Pipelines;

/// <summary>A token and the natural logarithm of its probability.</summary>
public readonly record struct TokenLogProb(int Id, float LogProb);
