namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>The answer of <c>/v1/models</c>.</summary>
internal sealed record ModelList(string Object, IReadOnlyList<ModelObject> Data);

/// <summary>One model; the fields after <c>owned_by</c> are ours.</summary>
internal sealed record ModelObject(
    string Id, string Object, long Created, string OwnedBy, bool Ready, string Digest, string Architecture, int ContextLength,
        string[] MissingLayers);
