using System.Text.Json.Serialization;

namespace Tore.Mesh.Storage;

/// <summary>
/// A <see cref="StoredMesh"/> as its JSON file, which nobody but its owner may read. Not a record: those print what they hold.
/// </summary>
internal sealed class MeshFile
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>32 bytes in hex.</summary>
    [JsonPropertyName("secret")]
    public required string Secret { get; init; }

    [JsonPropertyName("made_here")]
    public required bool MadeHere { get; init; }

    [JsonPropertyName("since")]
    public required DateTimeOffset Since { get; init; }

    [JsonPropertyName("addresses")]
    public IReadOnlyList<string> Addresses { get; init; } = [];

    [JsonPropertyName("former_mesh_ids")]
    public IReadOnlyList<string> FormerMeshIds { get; init; } = [];
}
