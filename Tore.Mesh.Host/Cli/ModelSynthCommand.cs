using System.CommandLine;
using System.Text.Json.Nodes;
using Tore.Mesh.Models.Synth;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore model synth</c>: a valid model of any shape with random weights, for benchmarks.</summary>
internal static class ModelSynthCommand
{
    public static Command Build(CliConsole console)
    {
        var standard = new SynthOptions();
        Argument<string> path = CliOptions.Required("OUT", "The file to write; one of that name is replaced when the new one is complete.");
        Option<string?> arch = CliOptions.Text("--arch", "llama or qwen2.", "llama|qwen2");
        Option<int?> layers = CliOptions.Int("--layers", $"Layers (default {standard.Layers}).", 1);
        Option<int?> dim = CliOptions.Int("--dim", $"Width of the residual stream (default {standard.Width}).", 1);
        Option<int?> ffn = CliOptions.Int("--ffn", $"Width of the feed-forward (default {standard.FeedForward}).", 1);
        Option<int?> heads = CliOptions.Int("--heads", $"Query heads (default {standard.Heads}).", 1);
        Option<int?> kvHeads = CliOptions.Int("--kv-heads", $"Key-value heads (default {standard.KvHeads}).", 1);
        Option<int?> vocab = CliOptions.Int("--vocab", $"Tokens (default {standard.Vocabulary}).", 1);
        Option<int?> context = CliOptions.Int("--context", $"Positions that the file names (default {standard.ContextLength}).", 1);
        Option<string?> type = CliOptions.Choice("--type", $"Type of the matrices (default {standard.Type}).", Enum.GetNames<TensorType>());
        Option<ulong?> seed = CliOptions.Seed("--seed", "The same seed and shape give the same bytes (default 1).");
        var command = new ToreCommand(
            "synth", "Write a valid GGUF of any shape with random weights, for benchmarks.",
            "tore model synth tiny.gguf --layers 4 --dim 256 --ffn 512 --heads 4 --kv-heads 2 --vocab 1000 --type Q8_0",
                "tore model synth 1b.gguf --type Q4_0 --seed 7")
        {
            path, arch, layers, dim, ffn, heads, kvHeads, vocab, context, type, seed,
        };
        command.Run(console, async (parsed, cancellation) =>
        {
            SynthOptions options = new()
            {
                Architecture = parsed.GetValue(arch) ?? standard.Architecture,
                Layers = parsed.GetValue(layers) ?? standard.Layers,
                Width = parsed.GetValue(dim) ?? standard.Width,
                FeedForward = parsed.GetValue(ffn) ?? standard.FeedForward,
                Heads = parsed.GetValue(heads) ?? standard.Heads,
                KvHeads = parsed.GetValue(kvHeads) ?? standard.KvHeads,
                Vocabulary = parsed.GetValue(vocab) ?? standard.Vocabulary,
                ContextLength = parsed.GetValue(context) ?? standard.ContextLength,
                Type = parsed.GetValue(type) is string name ? Enum.Parse<TensorType>(name) : standard.Type,
                Seed = parsed.GetValue(seed) ?? standard.Seed,
            };
            string target = parsed.GetRequiredValue(path);
            SynthModel.Write(target, options, null, cancellation);
            long bytes = new FileInfo(target).Length;
            if (console.JsonMode)
            {
                console.WriteJson(new JsonObject { ["path"] = Path.GetFullPath(target), ["bytes"] = bytes });
            }
            else
            {
                console.Out.WriteLine($"{target}: {ByteSize.Show(bytes)}");
            }
            return await Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }
}
