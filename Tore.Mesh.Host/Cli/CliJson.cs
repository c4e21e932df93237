using System.Text.Json.Nodes;

namespace Tore.Mesh.Host.Cli;

/// <summary>Pieces of the JSON that commands write.</summary>
internal static class CliJson
{
    /// <summary>Ids as an array.</summary>
    public static JsonArray Array(IEnumerable<int> ids) => [.. ids.Select(id => (JsonNode)id)];

    /// <summary>Texts as an array.</summary>
    public static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
