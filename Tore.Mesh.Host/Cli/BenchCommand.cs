using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore bench</c>: prefill and decode speed of a model on this machine, beside what its memory could give.</summary>
internal static class BenchCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string> model = CliOptions.Required("MODEL", "A GGUF file, or 'stories'.");
        Option<int?> prompt = CliOptions.Int("--prompt", "Prompt tokens of a stream (default 128).", 1);
        Option<int?> generate = CliOptions.Int("--generate", "Tokens that a stream generates (default 64).", 2);
        Option<int?> threads = CliOptions.Int("--threads", "Engine threads of each stage (default one a physical core).", 1, 1024);
        Option<int?> stages = CliOptions.Int("--stages", "Run through N shards in this process.", 1);
        Option<int?> streams = CliOptions.Int("--streams", "Requests at the same time (default 1).", 1, Limits.StageSlots);
        Option<int?> repeats = CliOptions.Int("--repeats", "Runs after the warm-up; medians are told (default 3).", 1, 1000);
        Option<int?> chunk = CliOptions.Int("--prefill-chunk", "Prompt tokens of one pass at most (default 512).", 1);
        Option<long?> memory = CliOptions.Bytes("--memory", "Most memory for weights, KV and scratch (default 75 % of what is granted).");
        var command = new ToreCommand(
            "bench", "Measure prefill and decode speed; loading excluded, medians over repeats.",
            "tore bench stories --prompt 128 --generate 64", "tore bench model.gguf --prompt 512 --generate 128 --threads 1 --json",
                "tore bench model.gguf --streams 8 --stages 2")
        {
            model, prompt, generate, threads, stages, streams, repeats, chunk, memory,
        };
        command.Run(console, async (parsed, cancellation) =>
        {
            using GgufFile file = ModelFiles.Open(parsed.GetRequiredValue(model));
            using var backend = new ManagedBackend();
            var local = new LocalModel { File = file, Config = ModelConfig.Read(file), Label = ModelFiles.LabelOf(file.Path) };
            var options = new BenchOptions
            {
                PromptTokens = parsed.GetValue(prompt) ?? 128,
                GenerateTokens = parsed.GetValue(generate) ?? 64,
                Threads = parsed.GetValue(threads),
                Stages = parsed.GetValue(stages) ?? 1,
                Streams = parsed.GetValue(streams) ?? 1,
                Repeats = parsed.GetValue(repeats) ?? 3,
                PrefillChunk = parsed.GetValue(chunk),
                MemoryBytes = parsed.GetValue(memory),
            };
            BenchResult result = await new BenchRun(backend, local, options, TimeProvider.System).RunAsync(cancellation);
            Write(console, local.Label, options, result);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Write(CliConsole console, string model, BenchOptions options, BenchResult result)
    {
        if (console.JsonMode)
        {
            console.WriteJson(new JsonObject
            {
                ["model"] = model,
                ["prefill_tokens_per_second"] = Math.Round(result.PrefillTokensPerSecond, 3),
                ["decode_tokens_per_second"] = Math.Round(result.DecodeTokensPerSecond, 3),
                ["load_seconds"] = Math.Round(result.LoadSeconds, 3),
                ["peak_memory_bytes"] = result.PeakMemoryBytes,
                ["budget_bytes"] = result.BudgetBytes,
                ["isa"] = result.Isa,
                ["read_bytes_per_second"] = Math.Round(result.ReadBytesPerSecond),
                ["threads"] = result.Threads,
                ["stages"] = options.Stages,
                ["streams"] = options.Streams,
                ["prompt"] = options.PromptTokens,
                ["generate"] = options.GenerateTokens,
            });
            return;
        }
        Table table = new Table().AddColumn("").AddColumn(new TableColumn(model).RightAligned()).Border(TableBorder.Simple);
        table.AddRow("prefill", Show($"{result.PrefillTokensPerSecond:0.0} tokens/s"));
        table.AddRow("decode", Show($"{result.DecodeTokensPerSecond:0.0} tokens/s"));
        table.AddRow("load", Show($"{result.LoadSeconds:0.00} s"));
        table.AddRow("peak memory", ByteSize.Show(result.PeakMemoryBytes));
        table.AddRow("budget", ByteSize.Show(result.BudgetBytes));
        table.AddRow("read bandwidth", ByteSize.Show((long)result.ReadBytesPerSecond) + "/s");
        table.AddRow("isa, threads", $"{result.Isa}, {result.Threads}");
        console.Ansi(console.Out).Write(table);
    }

    private static string Show(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
