using System.Runtime.InteropServices;
using System.Text.Json;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Inference;

/// <summary>
/// Reference logits of one model (shared input <c>golden/logits</c>), computed in float64 over the exactly widened weights.
/// </summary>
internal sealed class GoldenLogits
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly float[] _rows;

    private GoldenLogits(string model, Reference reference, float[] rows)
    {
        Model = model;
        Vocabulary = reference.Vocab;
        Cases = reference.Cases;
        Yardstick = reference.LlamaCpp;
        _rows = rows;
    }

    public static IEnumerable<string> Models { get; } =
    [
        "stories", "stories.F32", "stories.F16", "stories.BF16", "stories.Q4_0", "stories.Q4_1", "stories.Q5_0", "stories.Q5_1",
        "synth-llama.Q4_K", "synth-llama.Q5_K", "synth-llama.Q6_K", "synth-llama.Q5_0", "synth-llama3.F32", "synth-linear.F32",
        "synth-qwen2.F16", "synth-qwen2.Q4_K_M", "SmolLM2-135M-Instruct.Q4_1",
    ];

    public string Model { get; }

    public int Vocabulary { get; }

    public IReadOnlyList<Case> Cases { get; }

    public Distance Yardstick { get; }

    public bool HasFloatWeights => Model.EndsWith("F32", StringComparison.Ordinal) || Model.EndsWith("F16", StringComparison.Ordinal);

    public static GoldenLogits Load(string model)
    {
        string text = File.ReadAllText(SharedFiles.Require($"golden/logits/{model}.json"));
        byte[] bytes = File.ReadAllBytes(SharedFiles.Require($"golden/logits/{model}.f32"));
        float[] rows = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        return new GoldenLogits(model, JsonSerializer.Deserialize<Reference>(text, Snake)!, rows);
    }

    /// <summary>Path of the model's file.</summary>
    public static string PathOf(string model) =>
        SharedFiles.Require(SharedFiles.Exists($"models/{model}.gguf") ? $"models/{model}.gguf" : $"golden/models/{model}.gguf");

    public ReadOnlySpan<float> Row(int row) => _rows.AsSpan(row * Vocabulary, Vocabulary);

    internal sealed record Case(string Prompt, int[] Ids, int FirstPosition, int Positions, int Row, int[] Greedy, double[] Margins);

    internal sealed record Distance(double MaxAbsDifference, double MeanKl, double MedianKl, double MaxKl, double Top1);

    private sealed record Reference(string Model, int Vocab, int Rows, Case[] Cases, Distance LlamaCpp);
}
