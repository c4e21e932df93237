namespace Tore.Mesh.Host.Doctor;

/// <summary>A node of another mesh, or of another version, that mDNS showed.</summary>
internal sealed record StrangerFact
{
    public required string NodeId { get; init; }

    public required string MeshId { get; init; }

    public int WireVersion { get; init; }

    public IReadOnlyList<string> Addresses { get; init; } = [];
}
