using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Tore.Mesh.Models.Synth;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Interop;

/// <summary>
/// llama.cpp loads and runs the models that <see cref="SynthModel"/> writes. Needs node, and in <c>TORE_LLAMA_DIR</c> a folder
/// in which <c>npm install --ignore-scripts node-llama-cpp</c> was run; skips with the reason otherwise.
/// </summary>
public sealed class LlamaCppLoadTests : IDisposable
{
    private const int Generated = 12;
    private const int Vocabulary = 1_200;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Load_SynthModels_LlamaCppGeneratesFromEach()
    {
        string? modules = Environment.GetEnvironmentVariable("TORE_LLAMA_DIR");
        Assert.SkipUnless(
            modules is not null && Directory.Exists(Path.Combine(modules, "node_modules", "node-llama-cpp")),
            "TORE_LLAMA_DIR names no folder with node_modules/node-llama-cpp");
        var models = new List<string>();
        foreach (TensorType type in new[] { TensorType.Q4_0, TensorType.Q8_0, TensorType.Q4_K, TensorType.F16 })
        {
            models.Add(Synth("llama", type));
            models.Add(Synth("qwen2", type));
        }
        string[] lines = await RunDriver(modules!, models);
        Assert.Equal(models.Count, lines.Length);
        foreach ((string model, string line) in models.Zip(lines))
        {
            JsonElement result = JsonDocument.Parse(line).RootElement;
            Assert.Equal(model, result.GetProperty("file").GetString());
            Assert.Equal(4096, result.GetProperty("train_context").GetInt32());
            int[] prompt = Numbers(result, "prompt");
            Assert.Equal(1, prompt[0]);
            Assert.InRange(prompt.Length, 4, 16);
            int[] ids = Numbers(result, "ids");
            Assert.Equal(Generated, ids.Length);
            Assert.All(ids, id => Assert.InRange(id, 0, Vocabulary - 1));
            // Neither dead nor certain: several different tokens, each chosen with some doubt.
            Assert.InRange(ids.Distinct().Count(), 4, Generated);
            Assert.All(result.GetProperty("probabilities").EnumerateArray(), p => Assert.InRange(p.GetDouble(), 0.005, 0.9999));
        }
    }

    private static int[] Numbers(JsonElement result, string name) =>
        [.. result.GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];

    private string Synth(string architecture, TensorType type)
    {
        string path = Path.Combine(_folder.FullPath, $"{architecture}-{type}.gguf");
        SynthModel.Write(path, new SynthOptions
        {
            Architecture = architecture,
            Type = type,
            Layers = 3,
            Width = 256,
            FeedForward = 768,
            Heads = 8,
            KvHeads = 2,
            Vocabulary = Vocabulary,
        });
        return path;
    }

    private static async Task<string[]> RunDriver(string modules, IEnumerable<string> models)
    {
        string script = Path.Combine(SharedFiles.Repository, "Tore.Mesh.Tests", "Interop", "llama-load.mjs");
        var start = new ProcessStartInfo("node", [script, "the stone and 42 hens", $"{Generated}", .. models])
        {
            WorkingDirectory = modules,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process? process = Start(start);
        Assert.SkipWhen(process is null, "node cannot be started");
        using var patience = new CancellationTokenSource(Patience);
        Task<string> output = process!.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"llama.cpp took more than {Patience}");
        }
        Assert.True(process.ExitCode == 0, await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
