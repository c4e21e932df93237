namespace Tore.Mesh.Pipelines.Text;

/// <summary>The generation is over.</summary>
/// <param name="Reason"><c>stop</c> (an end token or a stop string) or <c>length</c>.</param>
/// <param name="Ids">Every generated token, the one that ended it included.</param>
public sealed record TextFinished(string Reason, IReadOnlyList<int> Ids) : TextEvent
{
    /// <summary>An end token or a stop string ended it.</summary>
    public const string Stop = "stop";

    /// <summary>The token limit ended it.</summary>
    public const string Length = "length";

    /// <summary>Tokens of the prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>
    /// SHA-256 over the f32 logits of every generated position, when asked for and when no stop string cut the run short.
    /// </summary>
    public string? Digest { get; init; }

    /// <summary>From the start of the prefill to the first token.</summary>
    public required TimeSpan TimeToFirstToken { get; init; }

    /// <summary>From the first token to the last.</summary>
    public required TimeSpan DecodeTime { get; init; }

    /// <summary>Tokens after the first, a second; 0 where there is only one.</summary>
    public double TokensPerSecond => Ids.Count > 1 && DecodeTime > TimeSpan.Zero ? (Ids.Count - 1) / DecodeTime.TotalSeconds : 0;
}
