namespace Tore.Mesh.Wire;

/// <summary>An alternative that was not drawn, and the natural logarithm of its probability; part of <see cref="Token"/>.</summary>
internal readonly record struct WireTopToken(int Id, float LogProb);
