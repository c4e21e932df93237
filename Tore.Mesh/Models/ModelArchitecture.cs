using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>
/// What sets one transformer architecture apart from the others; the forward pass reads it instead of branching on names.
/// All of them: RMSNorm before attention and before the feed-forward, grouped-query attention, SwiGLU.
/// </summary>
/// <param name="Name">Name in <c>general.architecture</c>, and prefix of its metadata keys.</param>
/// <param name="RopeInterleaved">RoPE turns pairs (2i, 2i+1), not (i, i + n/2).</param>
/// <param name="QkvBiasRequired">The Q, K and V products have biases; where false they may.</param>
public sealed record ModelArchitecture(string Name, bool RopeInterleaved, bool QkvBiasRequired)
{
    /// <summary>The architectures that the engine runs.</summary>
    public static IReadOnlyList<ModelArchitecture> Known { get; } =
    [
        // Llama 1 to 3, Mistral, SmolLM2, TinyLlama: converters permute Q and K for interleaved pairs.
        new("llama", RopeInterleaved: true, QkvBiasRequired: false),
        new("qwen2", RopeInterleaved: false, QkvBiasRequired: true),
    ];

    /// <summary>Finds an architecture by name; <c>unknown_architecture</c> names it and those known.</summary>
    /// <param name="name">As in <c>general.architecture</c>.</param>
    /// <param name="file">Path, for the message.</param>
    public static ModelArchitecture Find(string name, string file) =>
        Known.FirstOrDefault(architecture => architecture.Name == name)
        ?? throw new ToreException(
            ErrorCodes.UnknownArchitecture,
            $"{file} has the architecture '{GgufFault.Shown(name)}', which this engine does not run. It runs "
            + $"{string.Join(" and ", Known.Select(known => known.Name))}: take a model of these.");
}
