using System.Text.Json.Serialization;

namespace Tore.Mesh.Storage;

/// <summary>Where a running node can be reached, as written into its data folder for the commands that talk to it.</summary>
public sealed record NodeAddresses
{
    /// <summary>Process id of the running node.</summary>
    [JsonPropertyName("pid")]
    public required int ProcessId { get; init; }

    /// <summary>Its id, 36 characters.</summary>
    [JsonPropertyName("node_id")]
    public required string NodeId { get; init; }

    /// <summary>Addresses that peers dial, <c>host:port</c>.</summary>
    [JsonPropertyName("listen")]
    public required IReadOnlyList<string> Listen { get; init; }

    /// <summary>The mesh joined.</summary>
    [JsonPropertyName("mesh")]
    public string? Mesh { get; init; }

    /// <summary>Its fingerprint, 16 hex digits.</summary>
    [JsonPropertyName("mesh_id")]
    public string? MeshId { get; init; }

    /// <summary>URL of the HTTP interface; null when it has none.</summary>
    [JsonPropertyName("http")]
    public string? Http { get; init; }
}
