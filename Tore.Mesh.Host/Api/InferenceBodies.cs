namespace Tore.Mesh.Host.Api;

/// <summary>
/// tore-0001 InferenceResponse in tokenless mode, with <c>tokens</c> and <c>pipeline</c> for imece's client; the last two are ours.
/// </summary>
internal sealed record InferenceResponse
{
    public required string RequestId { get; init; }

    public required string Text { get; init; }

    public required int OutputTokens { get; init; }

    public required int InputTokens { get; init; }

    public decimal GftDeducted { get; init; }

    public decimal NewBalance { get; init; }

    public string Backend { get; init; } = "distributed";

    public required double LatencyMs { get; init; }

    public string? LedgerRef { get; init; }

    public string? ConfirmedAt { get; init; }

    public required string ModelId { get; init; }

    public required string[] PipelineNodes { get; init; }

    public required int Tokens { get; init; }

    public required string[] Pipeline { get; init; }

    public required string FinishReason { get; init; }

    public required long Seed { get; init; }
}

/// <summary>The answer of <c>/inference/models</c>.</summary>
internal sealed record InferenceModels(IReadOnlyList<InferenceModel> Models);

/// <summary>A model that can be asked here.</summary>
internal sealed record InferenceModel(
    string ModelId, string FriendlyName, int TotalLayers, int MinNodes, int OptimalNodes, bool PipelineAvailable,
        ModelRegistryEntry Registry);

/// <summary>What the mesh knows of a model.</summary>
internal sealed record ModelRegistryEntry(string Digest, string Architecture, int ContextLength, int Holders, string[] MissingLayers);

/// <summary>tore-0001 Pipeline; the last three fields are what imece's client reads.</summary>
internal sealed record PipelineBody
{
    public required string PipelineId { get; init; }

    public required string ModelId { get; init; }

    public required bool IsComplete { get; init; }

    public required IReadOnlyList<PipelineShard> Shards { get; init; }

    public required int TotalLayers { get; init; }

    public required int LayersCovered { get; init; }

    public required string CreatedAt { get; init; }

    public required bool Available { get; init; }

    public required int OnlineNodes { get; init; }

    public required string[] PipelineNodes { get; init; }
}

/// <summary>tore-0001 PipelineShard.</summary>
internal sealed record PipelineShard(
    string NodeId, string ModelId, int LayerStart, int LayerEnd, string Host, int Port, IReadOnlyList<TransportDeclaration> Transports,
        string Region);

/// <summary>tore-0001 TransportDeclaration.</summary>
internal sealed record TransportDeclaration(string Transport, string Version, int Port, int Priority);

/// <summary>The answer of <c>/health</c>: tore-0001's fields for the first model that this node holds layers of, then ours.</summary>
internal sealed record HealthBody
{
    public required string Status { get; init; }

    public required string? ModelId { get; init; }

    public required int? LayerStart { get; init; }

    public required int? LayerEnd { get; init; }

    public required string NodeId { get; init; }

    public required string Version { get; init; }

    public required string Mesh { get; init; }

    public required string Isa { get; init; }

    public required string EngineFingerprint { get; init; }

    public required IReadOnlyList<HealthModel> Models { get; init; }

    public required IReadOnlyList<HealthPeer> Peers { get; init; }

    public required MemberCounts Members { get; init; }

    public required int LocalHealth { get; init; }

    public required double? ClockOffsetMs { get; init; }

    public required IReadOnlyList<WarningBody> Warnings { get; init; }
}

/// <summary>Something that the node's owner should know though it runs.</summary>
internal sealed record WarningBody(string Code, string Text);

/// <summary>Whether a model can answer, and what is missing if not.</summary>
internal sealed record HealthModel(
    string ModelId, string Digest, bool Ready, string[] MissingLayers, int TotalLayers, int? LayerStart, int? LayerEnd);

/// <summary>A linked peer.</summary>
internal sealed record HealthPeer(
    string NodeId, string Address, string? Http, string? Tls, double? RoundTripMs, string Isa, string Version, string[] Models);
