using System.CommandLine;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;

namespace Tore.Mesh.Host.Cli;

/// <summary>The options of <c>tore run</c>; <c>tore chat</c> with a model takes most of them too.</summary>
internal sealed class RunOptions
{
    public Option<int?> MaxTokens { get; } = CliOptions.Int(
        "--max-tokens", "Most tokens to generate (default 256, or what the context leaves).", 1);

    public Option<float?> Temperature { get; } = CliOptions.Number(
        "--temperature", "0 takes the best token each time (default 0.7).", 0, 100);

    public Option<int?> TopK { get; } = CliOptions.Int("--top-k", "Draw from the K best; 0 from all (default 40).", 0);

    public Option<float?> TopP { get; } = CliOptions.Number(
        "--top-p", "Draw from the smallest set of this probability; 1 from all (default 0.95).", 0, 1);

    public Option<float?> MinP { get; } = CliOptions.Number(
        "--min-p", "Drop what is less probable than this share of the best (default 0.05).", 0, 1);

    public Option<float?> RepeatPenalty { get; } = CliOptions.Number(
        "--repeat-penalty", "Push down tokens seen before; 1 does nothing (default 1).", 0.01f, 100);

    public Option<ulong?> Seed { get; } = CliOptions.Seed(
        "--seed", "The same seed gives the same text; one is chosen and told when absent.");

    public Option<int?> Threads { get; } = CliOptions.Int("--threads", "Engine threads (default one a physical core).", 1, 1024);

    public Option<int?> Context { get; } = CliOptions.Int(
        "--context", "Positions of a request (default the model's own, at most 4096).", 1);

    public Option<long?> Memory { get; } = CliOptions.Bytes(
        "--memory", "Most memory for weights, KV and scratch (default 75 % of what is granted).");

    public Option<int?> PrefillChunk { get; } = CliOptions.Int("--prefill-chunk", "Prompt tokens of one pass at most (default 512).", 1);

    public Option<string?> Template { get; } = CliOptions.Text(
        "--template", "Chat template family that overrides the file's own.", "FAMILY");

    public Option<bool> ParseSpecial { get; } = CliOptions.Flag(
        "--parse-special", "Read special tokens in the prompt as such. Only for prompts that you trust.");

    public Option<int?> Stages { get; } = CliOptions.Int("--stages", "Run through N shards in this process.", 1);

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All =>
    [
        MaxTokens, Temperature, TopK, TopP, MinP, RepeatPenalty, Seed, Threads, Context, Memory, PrefillChunk, Template, ParseSpecial,
            Stages,
    ];

    /// <summary>How tokens are drawn.</summary>
    public SamplingOptions SamplingOf(ParseResult parsed)
    {
        var standard = new SamplingOptions();
        return standard with
        {
            Temperature = parsed.GetValue(Temperature) ?? standard.Temperature,
            TopK = parsed.GetValue(TopK) ?? standard.TopK,
            TopP = parsed.GetValue(TopP) ?? standard.TopP,
            MinP = parsed.GetValue(MinP) ?? standard.MinP,
            RepeatPenalty = parsed.GetValue(RepeatPenalty) ?? standard.RepeatPenalty,
        };
    }

    /// <summary>What the shards are loaded for.</summary>
    public ShardOptions ShardOf(ParseResult parsed, int slots) => new()
    {
        ContextLength = parsed.GetValue(Context),
        Slots = slots,
        MemoryBytes = parsed.GetValue(Memory),
        Threads = parsed.GetValue(Threads),
        PrefillChunk = parsed.GetValue(PrefillChunk),
    };
}
