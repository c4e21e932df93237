using System.Globalization;

namespace Tore.Mesh.Benchmarks;

/// <summary>The random-weight models that the engine benchmarks run, made once in a scratch folder and kept.</summary>
internal static class SynthFile
{
    /// <summary>A 1.1 B llama (22 layers, width 2048, 32 heads over 4, feed-forward 5632, vocabulary 32,000) of the given type.</summary>
    public static string Billion(string type, string? folder) =>
        Make(
            folder, $"synth-1.1b.{type}.gguf", type, layers: 22, width: 2048, feedForward: 5632, heads: 32, kvHeads: 4, vocabulary: 32_000);

    /// <summary>A small one with the same proportions, for the short form in CI.</summary>
    public static string Small(string type, string? folder) =>
        Make(
            folder, $"synth-small.{type}.gguf", type, layers: 4, width: 512, feedForward: 1408, heads: 8, kvHeads: 2, vocabulary: 4_096);

    private static string Make(
        string? folder, string name, string type, int layers, int width, int feedForward, int heads, int kvHeads, int vocabulary)
    {
        folder ??= Path.Combine(Path.GetTempPath(), "tore-benchmarks");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            ToreProcess.Run(
            [
                "model", "synth", path, "--arch", "llama", "--type", type, "--seed", "1",
                "--layers", Text(layers), "--dim", Text(width), "--ffn", Text(feedForward),
                "--heads", Text(heads), "--kv-heads", Text(kvHeads), "--vocab", Text(vocabulary),
            ]);
        }
        return path;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
