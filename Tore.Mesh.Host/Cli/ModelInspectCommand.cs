using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore model inspect</c>: what a model file holds, and whether this engine runs it.</summary>
internal static class ModelInspectCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string> model = CliOptions.Required("FILE", "A GGUF file (of a split model its first part), or 'stories'.");
        Option<bool> quick = CliOptions.Flag("--no-digest", "Leave out the identity, which takes reading the whole file.");
        var command = new ToreCommand(
            "inspect", "Show what a model file holds, its identity, and whether this engine runs it.", "tore model inspect stories",
                "tore model inspect model.gguf --json")
        {
            model, quick,
        };
        command.Run(console, async (parsed, cancellation) =>
        {
            using GgufFile file = ModelFiles.Open(parsed.GetRequiredValue(model));
            JsonObject report = Describe(file);
            if (!parsed.GetValue(quick))
            {
                report["digest"] = await DigestAsync(console, file, cancellation);
            }
            if (console.JsonMode)
            {
                console.WriteJson(report);
            }
            else
            {
                WriteTable(console, report);
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static JsonObject Describe(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        var types = new JsonObject();
        foreach (IGrouping<string, GgufTensor> group in file.Tensors.GroupBy(t => t.TypeName).OrderByDescending(g => g.Sum(t => t.Bytes)))
        {
            types[group.Key] = group.Count();
        }
        var report = new JsonObject
        {
            ["path"] = file.Path,
            ["name"] = metadata.GetString("general.name", ""),
            ["architecture"] = metadata.GetString("general.architecture", ""),
            ["gguf_version"] = file.Version,
            ["parts"] = file.Paths.Count,
            ["bytes"] = file.FileBytes,
            ["parameters"] = file.Tensors.Sum(t => t.Elements),
            ["tensors"] = file.Tensors.Count,
            ["tensor_types"] = types,
            ["tokenizer"] = metadata.GetString("tokenizer.ggml.model", ""),
            ["pre_tokenizer"] = metadata.GetString("tokenizer.ggml.pre", ""),
            ["has_chat_template"] = metadata.Contains("tokenizer.chat_template"),
        };
        try
        {
            AddConfig(report, ModelConfig.Read(file), file);
            report["runs_here"] = true;
        }
        catch (ToreException error)
        {
            report["runs_here"] = false;
            report["problem"] = new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
        }
        return report;
    }

    private static void AddConfig(JsonObject report, ModelConfig config, GgufFile file)
    {
        ModelTensors.Read(file, config);
        report["layers"] = config.LayerCount;
        report["width"] = config.Width;
        report["feed_forward"] = config.FeedForward;
        report["heads"] = config.Heads;
        report["kv_heads"] = config.KvHeads;
        report["head_dim"] = config.HeadDim;
        report["context"] = config.ContextLength;
        report["vocabulary"] = config.VocabularySize;
        report["tied_output"] = config.TiedOutput;
        report["qkv_bias"] = config.QkvBias;
        report["rope_base"] = config.RopeBase;
        report["rope_scaling"] = config.RopeScaling.Kind.ToString().ToLowerInvariant();
    }

    private static async Task<string?> DigestAsync(CliConsole console, GgufFile file, CancellationToken cancellationToken)
    {
        if (file.Tensors.Any(t => t.Bytes < 0))
        {
            return null;
        }
        Digest digest = await CliProgress.RunAsync(console, "Hashing", progress => ModelIdentity.ComputeAsync(
            file, null, progress is null ? null : new Progress<ModelIdentityProgress>(
                p => progress.Report((double)p.DoneBytes / Math.Max(p.TotalBytes, 1))),
            cancellationToken: cancellationToken));
        return digest.ToString();
    }

    private static void WriteTable(CliConsole console, JsonObject report)
    {
        Table table = new Table().HideHeaders().AddColumn("").AddColumn("").Border(TableBorder.None);
        foreach ((string name, JsonNode? value) in report)
        {
            string shown = name switch
            {
                "bytes" => ByteSize.Show((long)value!),
                "parameters" => string.Create(CultureInfo.InvariantCulture, $"{(long)value! / 1e6:0.##} M"),
                "tensor_types" => string.Join(", ", value!.AsObject().Select(t => $"{t.Value} x {t.Key}")),
                "problem" => $"[{value!["code"]}] {value["message"]}",
                _ => value?.ToString() ?? "unknown",
            };
            table.AddRow(Markup.Escape(name.Replace('_', ' ')), Markup.Escape(shown));
        }
        console.Ansi(console.Out).Write(table);
    }
}
