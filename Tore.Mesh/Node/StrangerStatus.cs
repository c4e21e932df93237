using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A node near by that this one cannot link with. What is known of it is what it says, unproven.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="Addresses">Where it listens.</param>
/// <param name="Mesh">Its mesh fingerprint, 16 hex digits.</param>
/// <param name="WireVersion">The highest wire version that it speaks.</param>
/// <param name="SeenAt">When it was last heard.</param>
public sealed record StrangerStatus(
    NodeId NodeId, IReadOnlyList<string> Addresses, string Mesh, int WireVersion, DateTimeOffset SeenAt);
