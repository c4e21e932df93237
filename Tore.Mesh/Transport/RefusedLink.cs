using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>Connections from one address that became no link, for one reason.</summary>
/// <param name="Address">Where they came from, without a port: that of a dialler means nothing.</param>
/// <param name="Peer">Who was there, where it had proved its key before it was refused.</param>
/// <param name="Code">Stable code of the reason.</param>
/// <param name="Text">The reason of the last one, for people.</param>
/// <param name="FirstAt">When the first came.</param>
/// <param name="LastAt">When the last came.</param>
/// <param name="Count">How many.</param>
public sealed record RefusedLink(
    string Address, NodeId? Peer, string Code, string Text, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Count);
