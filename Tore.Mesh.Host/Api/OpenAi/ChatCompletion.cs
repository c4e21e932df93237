using System.Text.Json.Serialization;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>The answer of <c>/v1/chat/completions</c>, and with the object <c>chat.completion.chunk</c> one event of its stream.</summary>
internal sealed record ChatCompletion
{
    public required string Id { get; init; }

    public required string Object { get; init; }

    public required long Created { get; init; }

    public required string Model { get; init; }

    /// <summary>The seed in force, given or chosen (ours): the same request with it gives the same answer.</summary>
    public required long Seed { get; init; }

    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }
}

/// <summary>The one choice: <c>message</c> in an answer, <c>delta</c> in a stream.</summary>
internal sealed record ChatChoice
{
    public int Index { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatText? Message { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatText? Delta { get; init; }

    public ChatLogProbs? Logprobs { get; init; }

    public string? FinishReason { get; init; }
}

/// <summary>A message, or what is added to one.</summary>
internal sealed record ChatText
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }
}

/// <summary>Log-probabilities of the shown tokens.</summary>
internal sealed record ChatLogProbs(IReadOnlyList<ChatTokenLogProb> Content);

/// <summary>One token with its best alternatives.</summary>
internal sealed record ChatTokenLogProb(string Token, float Logprob, int[] Bytes, IReadOnlyList<ChatAlternative> TopLogprobs);

/// <summary>One alternative.</summary>
internal sealed record ChatAlternative(string Token, float Logprob, int[] Bytes);

/// <summary>Tokens counted.</summary>
internal sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens);
