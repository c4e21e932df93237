using Tore.Mesh.Identity;
using Tore.Mesh.Node;

namespace Tore.Mesh.Host.Doctor;

/// <summary>All that the findings follow from.</summary>
internal sealed record DoctorFacts
{
    /// <summary>This machine; null where the node that is asked about is another one.</summary>
    public LocalFacts? Local { get; init; }

    /// <summary>The running node; null when none runs.</summary>
    public NodeFacts? Node { get; init; }

    /// <summary>The mesh that was tried: the running node's, or the one asked for.</summary>
    public required string Mesh { get; init; }

    /// <summary>Its fingerprint.</summary>
    public required MeshId MeshId { get; init; }

    /// <summary>What came of dialling, address by address.</summary>
    public IReadOnlyList<LinkProbeResult> Probes { get; init; } = [];
}
