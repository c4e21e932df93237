using System.Text.Json.Serialization;

namespace Tore.Mesh.Storage;

/// <summary>The JSON files of the data folder; generated at compile time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(NodeAddresses))]
[JsonSerializable(typeof(MeshFile))]
internal sealed partial class StorageJson : JsonSerializerContext;
