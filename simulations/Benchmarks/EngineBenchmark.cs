using System.Globalization;
using System.Text.Json;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Benchmarks;

/// <summary>
/// Prefill and decode of whole processes, memory against the budget, and the same files under llama.cpp in the same run.
/// </summary>
internal static class EngineBenchmark
{
    private const int PrefillTokens = 512;
    private const int DecodeTokens = 64;

    /// <summary>Ratios against llama.cpp for each type and thread count: the first targets of the engine.</summary>
    public static int Llama(string llamaFolder, string[] types, int[] threadCounts, int runs, string? modelFolder, bool json)
    {
        Report report = new("llama", json);
        foreach (string type in types)
        {
            string model = SynthFile.Billion(type, modelFolder);
            long bytesPerToken = BytesPerToken(model);
            foreach (int threads in threadCounts)
            {
                string script = Path.Combine(AppContext.BaseDirectory, "llama-cpp.mjs");
                JsonElement theirs = ToreProcess.RunProgram(
                    "node", [script, model, Text(threads), Text(PrefillTokens), Text(DecodeTokens), Text(runs)], llamaFolder);
                JsonElement ours = Bench(model, threads, runs);
                string label = $"{type}, {threads} thread{(threads == 1 ? "" : "s")}: ";
                double decode = Number(ours, "decode_tokens_per_second"), prefill = Number(ours, "prefill_tokens_per_second");
                report.Add(new Figure(label + "llama.cpp prefill tok/s", Number(theirs, "prefill")));
                report.Add(new Figure(label + "llama.cpp decode tok/s", Number(theirs, "decode")));
                report.Add(new Figure(label + "prefill tok/s", prefill));
                report.Add(new Figure(label + "decode tok/s", decode));
                report.Add(new Figure(label + "prefill ratio", prefill / Number(theirs, "prefill"), 0.7));
                report.Add(new Figure(label + "decode ratio", decode / Number(theirs, "decode"), threads == 1 ? 1.0 : null));
                double share = decode * bytesPerToken / Number(ours, "read_bytes_per_second");
                report.Add(new Figure(label + "share of raw read bandwidth", share, threads == 1 ? null : 0.8));
                AddMemory(report, label, ours);
            }
        }
        return report.Finish();
    }

    /// <summary>Our own prefill and decode under each instruction set that the runtime can be told to leave out.</summary>
    public static int Sets(string[] types, int[] threadCounts, string? modelFolder, bool json)
    {
        Report report = new("sets", json);
        (string Name, Dictionary<string, string> Environment)[] cases =
        [
            ("all", []),
            ("DOTNET_EnableAVXVNNI=0", new() { ["DOTNET_EnableAVXVNNI"] = "0" }),
            ("DOTNET_EnableAVX512=0", new() { ["DOTNET_EnableAVX512"] = "0" }),
            ("both", new() { ["DOTNET_EnableAVX512"] = "0", ["DOTNET_EnableAVXVNNI"] = "0" }),
        ];
        foreach (string type in types)
        {
            string model = SynthFile.Billion(type, modelFolder);
            foreach (int threads in threadCounts)
            {
                foreach ((string name, Dictionary<string, string> environment) in cases)
                {
                    JsonElement ours = Bench(model, threads, 3, environment);
                    string label = $"{type}, threads {threads}, {name} ({ours.GetProperty("isa").GetString()}): ";
                    report.Add(new Figure(label + "prefill tok/s", Number(ours, "prefill_tokens_per_second")));
                    report.Add(new Figure(label + "decode tok/s", Number(ours, "decode_tokens_per_second")));
                }
            }
        }
        return report.Finish();
    }

    /// <summary>One bench run of a small model, its memory within the budget: the short form for CI.</summary>
    public static int Smoke(string? modelFolder, bool json)
    {
        Report report = new("smoke", json);
        JsonElement ours = Bench(SynthFile.Small("Q4_0", modelFolder), 1, 1);
        report.Add(new Figure("prefill tok/s", Number(ours, "prefill_tokens_per_second"), double.Epsilon));
        report.Add(new Figure("decode tok/s", Number(ours, "decode_tokens_per_second"), double.Epsilon));
        AddMemory(report, "", ours);
        return report.Finish();
    }

    private static JsonElement Bench(string model, int threads, int runs, IReadOnlyDictionary<string, string>? environment = null) =>
        ToreProcess.Run(
            [
                "bench", model, "--prompt", Text(PrefillTokens), "--generate", Text(DecodeTokens), "--threads", Text(threads),
                "--repeats", Text(runs),
            ],
            environment);

    private static void AddMemory(Report report, string label, JsonElement ours)
    {
        const double runtimeBytes = 100e6;
        double ceiling = (1.05 * Number(ours, "budget_bytes")) + runtimeBytes;
        double share = Number(ours, "peak_memory_bytes") / ceiling;
        report.Add(new Figure(label + "peak memory over 1.05 x budget + 100 MB", share, 1, AtMost: true));
    }

    // Decode reads every packed weight once a token, but of the embedding table one row (unless it is the output matrix too).
    private static long BytesPerToken(string model)
    {
        using GgufFile file = GgufFile.Open(model);
        ModelTensors tensors = ModelTensors.Read(file, ModelConfig.Read(file));
        return tensors.Layers.Sum(layer => layer.Bytes) + tensors.Output.Bytes;
    }

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
