using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A model on a peer.</summary>
/// <param name="Label">The peer's name for it.</param>
/// <param name="Digest">Its identity.</param>
/// <param name="Limit">The only layers it opens; null for any.</param>
/// <param name="Open">The range registered there; null when nothing is loaded.</param>
public readonly record struct PeerModelStatus(string Label, Digest Digest, LayerRange? Limit, LayerRange? Open);
