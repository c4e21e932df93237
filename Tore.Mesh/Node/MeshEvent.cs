using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>What one part of <see cref="MeshCore"/> tells or wants of another, once its turn has ended.</summary>
internal readonly record struct MeshEvent(MeshEventKind Kind, NodeId Node);
