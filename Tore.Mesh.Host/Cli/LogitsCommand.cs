using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore logits</c>: the logits of every position of given ids, for people who compare engines.</summary>
internal static class LogitsCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string> model = CliOptions.Required("MODEL", "A GGUF file, or 'stories'.");
        Option<string?> ids = CliOptions.Text(
            "--ids", "Token ids, separated by spaces or commas; their number is the context.", "\"1 2 3\"");
        ids.Required = true;
        Option<string?> output = CliOptions.Text("--out", "Write the logits here: raw little-endian f32, a row a position.", "FILE");
        Option<int?> stages = CliOptions.Int("--stages", "Run through N shards in this process.", 1);
        Option<int?> threads = CliOptions.Int("--threads", "Engine threads; default one a physical core.", 1, 1024);
        Option<int?> chunk = CliOptions.Int("--prefill-chunk", "Ids of one pass at most.", 1);
        var command = new ToreCommand(
            "logits", "Compute the logits of every position of given ids.",
            "tore logits stories --ids \"1 2 3\" --json", "tore logits model.gguf --ids \"1 2 3\" --out logits.f32 --stages 2 --threads 1")
        {
            model, ids, output, stages, threads, chunk,
        };
        command.Run(console, async (parsed, cancellation) =>
        {
            int[] given = ReadIds(parsed.GetValue(ids)!);
            using GgufFile file = ModelFiles.Open(parsed.GetRequiredValue(model));
            using var backend = new ManagedBackend();
            var run = new LogitsRun(backend, file, ModelConfig.Read(file), new LogitsOptions
            {
                Stages = parsed.GetValue(stages) ?? 1,
                Threads = parsed.GetValue(threads),
                PrefillChunk = parsed.GetValue(chunk),
            });
            LogitsResult result = parsed.GetValue(output) is string path
                ? await AtomicFile.WriteAsync(path, stream => run.Run(given, stream, cancellation))
                : run.Run(given, null, cancellation);
            Write(console, result);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static int[] ReadIds(string text)
    {
        string[] parts = text.Split([' ', ',', '\n', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        return [.. parts.Select(part => int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id)
            ? id
            : throw new ToreException(ErrorCodes.InvalidRequest, $"'{part}' is no token id: --ids takes whole numbers, separated by "
                + $"spaces or commas."))];
    }

    private static void Write(CliConsole console, LogitsResult result)
    {
        if (console.JsonMode)
        {
            console.WriteJson(new JsonObject
            {
                ["digest"] = result.Digest.ToHex(),
                ["rows"] = result.Rows,
                ["vocab"] = result.Vocabulary,
                ["isa"] = result.Isa,
                ["top"] = new JsonArray([.. result.Top.Select(t => new JsonObject { ["id"] = t.Id, ["logit"] = t.Logit })]),
            });
            return;
        }
        console.Out.WriteLine($"digest  {result.Digest.ToHex()}");
        console.Out.WriteLine($"rows    {result.Rows} of {result.Vocabulary} logits");
        console.Out.WriteLine($"isa     {result.Isa}");
        console.Out.WriteLine("top of the last row:");
        foreach (TokenLogit top in result.Top)
        {
            console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {top.Id,7}  {top.Logit:0.0000}"));
        }
    }
}
