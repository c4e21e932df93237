using Tore.Mesh.Identity;

namespace Tore.Mesh.Host.Doctor;

/// <summary>A private mesh of the data folder; never its secret.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its fingerprint.</param>
/// <param name="Former">Those that it had before its secret was rotated.</param>
internal sealed record MeshFact(string Name, MeshId Id, IReadOnlyList<MeshId> Former);
