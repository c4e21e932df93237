using System.Text.Json.Serialization;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>The answer of <c>/v1/completions</c>, and one event of its stream.</summary>
internal sealed record TextCompletion
{
    public required string Id { get; init; }

    public string Object { get; } = "text_completion";

    public required long Created { get; init; }

    public required string Model { get; init; }

    /// <summary>The seed in force, given or chosen (ours).</summary>
    public required long Seed { get; init; }

    public required IReadOnlyList<TextChoice> Choices { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }
}

/// <summary>The one choice.</summary>
internal sealed record TextChoice
{
    public int Index { get; init; }

    public required string Text { get; init; }

    public TextLogProbs? Logprobs { get; init; }

    public string? FinishReason { get; init; }
}

/// <summary>Log-probabilities, one entry a shown token; offsets in characters of the whole completion.</summary>
internal sealed record TextLogProbs(
    IReadOnlyList<string> Tokens, IReadOnlyList<float> TokenLogprobs, IReadOnlyList<Dictionary<string, float>> TopLogprobs,
        IReadOnlyList<int> TextOffset);
