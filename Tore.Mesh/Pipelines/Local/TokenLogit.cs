namespace Tore.Mesh.Pipelines.Local;

/// <summary>A token and its logit.</summary>
public readonly record struct TokenLogit(int Id, float Logit);
