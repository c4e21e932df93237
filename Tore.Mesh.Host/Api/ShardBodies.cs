namespace Tore.Mesh.Host.Api;

/// <summary>tore-0001 TokenizeResponse.</summary>
internal sealed record TokenizeResult(string RequestId, int[] InputIds, int TokenCount);

/// <summary>The answer of a freed request.</summary>
internal sealed record ForwardFreed(string Status, string RequestId);
