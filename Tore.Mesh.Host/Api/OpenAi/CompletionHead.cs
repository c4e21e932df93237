namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>What every event of one answer repeats.</summary>
internal sealed record CompletionHead(string Id, long Created, string Model, long Seed);
