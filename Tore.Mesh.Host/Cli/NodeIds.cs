using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>Reads node ids from a command line.</summary>
internal static class NodeIds
{
    /// <summary>An id of 36 characters; <c>invalid_request</c> for anything else.</summary>
    public static NodeId Read(string option, string text) => NodeId.TryParse(text, out NodeId id) ? id : throw new ToreException(
        ErrorCodes.InvalidRequest, $"{option} takes a node's id, 36 characters as 'tore peers' shows them, not '{text}'.");

    /// <summary>Several of them.</summary>
    public static IReadOnlyList<NodeId> Read(string option, IEnumerable<string> texts) => [.. texts.Select(t => Read(option, t))];
}
