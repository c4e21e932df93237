using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Models.Synth;

/// <summary>The shape of a random-weight model. The defaults are those of a 1.1 B model (TinyLlama's shape).</summary>
public sealed record SynthOptions
{
    /// <summary>Name of a known architecture.</summary>
    public string Architecture { get; init; } = "llama";

    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 22;

    /// <summary>Width of the residual stream.</summary>
    public int Width { get; init; } = 2048;

    /// <summary>Width of the feed-forward.</summary>
    public int FeedForward { get; init; } = 5632;

    /// <summary>Query heads; divides the width, into heads of an even number of elements.</summary>
    public int Heads { get; init; } = 32;

    /// <summary>Key-value heads; divides the query heads.</summary>
    public int KvHeads { get; init; } = 4;

    /// <summary>Tokens; at least the three special ones, the 256 bytes and one piece.</summary>
    public int Vocabulary { get; init; } = 32_000;

    /// <summary>
    /// Type of all matrices. Where a matrix has rows that are no whole number of blocks, the next that fits is taken, as
    /// quantizing tools do: Q4_K Q5_0, Q5_K Q5_1, Q6_K Q8_0, and F16 where rows are no multiple of 32.
    /// </summary>
    public TensorType Type { get; init; } = TensorType.Q4_0;

    /// <summary>The same seed and shape give the same bytes.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Positions that the file says the model was made for.</summary>
    public int ContextLength { get; init; } = 4096;

    /// <summary>Throws <c>invalid_request</c> with everything that is wrong, or <c>unknown_architecture</c>.</summary>
    public void Validate()
    {
        if (ModelArchitecture.Known.All(known => known.Name != Architecture))
        {
            throw new ToreException(
                ErrorCodes.UnknownArchitecture,
                $"There is no architecture '{Architecture}' here: take "
                + $"{string.Join(" or ", ModelArchitecture.Known.Select(known => known.Name))}.");
        }
        string[] faults = [.. Faults()];
        if (faults.Length > 0)
        {
            throw new ToreException(ErrorCodes.InvalidRequest, $"Such a model cannot be: {string.Join("; ", faults)}.");
        }
    }

    private IEnumerable<string> Faults()
    {
        foreach ((string name, int value, int least, int most) in new[]
        {
            ("layers", Layers, 1, Limits.ModelLayers),
            ("dim", Width, 2, Limits.ModelDimension),
            ("ffn", FeedForward, 1, Limits.ModelDimension),
            ("heads", Heads, 1, Limits.ModelDimension),
            ("kv-heads", KvHeads, 1, Limits.ModelDimension),
            ("vocab", Vocabulary, SynthVocabulary.LeastTokens, Limits.ModelDimension),
            ("context", ContextLength, 1, int.MaxValue),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} is {value} and must be from {least} to {most}";
            }
        }
        if (!TensorTypes.IsKnown(Type))
        {
            yield return $"type {(int)Type} is none of {string.Join(", ", Enum.GetNames<TensorType>())}";
        }
        if (Heads > 0 && (Width % Heads != 0 || Width / Heads % 2 != 0))
        {
            yield return $"dim {Width} is no even multiple of heads {Heads}";
        }
        if (Heads > 0 && KvHeads > 0 && Heads % KvHeads != 0)
        {
            yield return $"kv-heads {KvHeads} does not divide heads {Heads}";
        }
    }
}
