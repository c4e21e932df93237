using System.Buffers.Binary;
using System.Text;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Models.Synth;

/// <summary>
/// Writes models with random weights, for benchmarks and tests: valid GGUF files that any engine of the format loads. The
/// deviations are those of a trained network's start (1/sqrt(columns), residual writers scaled by depth), so that activations
/// keep their size through any number of layers, and the output's is three times that, so that logits spread.
/// </summary>
public static class SynthModel
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Writes the model; a file of that name is replaced when the new one is complete.</summary>
    /// <param name="path">Where it shall stand.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="progress">Is told the bytes written so far.</param>
    /// <param name="cancellationToken">Ends the work, leaving nothing behind.</param>
    /// <exception cref="ToreException"><c>invalid_request</c>, <c>unknown_architecture</c> or <c>file_not_writable</c>.</exception>
    public static void Write(
        string path, SynthOptions options, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var writer = new GgufWriter();
        AddMetadata(writer, options);
        AddTensors(writer, options, cancellationToken);
        writer.Write(path, progress, cancellationToken);
    }

    private static void AddMetadata(GgufWriter writer, SynthOptions options)
    {
        string prefix = options.Architecture + ".";
        writer.Add("general.architecture", options.Architecture);
        writer.Add("general.type", "model");
        writer.Add("general.name", $"synth {options.Architecture} {options.Width}x{options.Layers} {options.Type} seed {options.Seed}");
        writer.Add(prefix + "block_count", (uint)options.Layers);
        writer.Add(prefix + "context_length", (uint)options.ContextLength);
        writer.Add(prefix + "embedding_length", (uint)options.Width);
        writer.Add(prefix + "feed_forward_length", (uint)options.FeedForward);
        writer.Add(prefix + "attention.head_count", (uint)options.Heads);
        writer.Add(prefix + "attention.head_count_kv", (uint)options.KvHeads);
        writer.Add(prefix + "attention.layer_norm_rms_epsilon", 1e-5f);
        writer.Add(prefix + "rope.freq_base", 10_000f);
        writer.Add(prefix + "rope.dimension_count", (uint)(options.Width / options.Heads));
        writer.Add(prefix + "vocab_size", (uint)options.Vocabulary);
        writer.Add("general.file_type", FileType(options.Type));
        writer.Add("general.quantization_version", 2u);
        writer.Add("tokenizer.ggml.model", "llama");
        writer.Add("tokenizer.ggml.pre", "default");
        writer.Add("tokenizer.ggml.tokens", SynthVocabulary.Texts(options.Vocabulary));
        writer.Add("tokenizer.ggml.scores", SynthVocabulary.Scores(options.Vocabulary));
        writer.Add("tokenizer.ggml.token_type", SynthVocabulary.Types(options.Vocabulary));
        writer.Add("tokenizer.ggml.unknown_token_id", 0u);
        writer.Add("tokenizer.ggml.bos_token_id", 1u);
        writer.Add("tokenizer.ggml.eos_token_id", 2u);
        writer.Add("tokenizer.ggml.add_bos_token", true);
        writer.Add("tokenizer.ggml.add_eos_token", false);
        writer.Add("tokenizer.ggml.add_space_prefix", true);
    }

    /// <summary>The number that files of mostly this type bear in <c>general.file_type</c>.</summary>
    private static uint FileType(TensorType type) => type switch
    {
        TensorType.F32 => 0,
        TensorType.F16 => 1,
        TensorType.Q4_0 => 2,
        TensorType.Q4_1 => 3,
        TensorType.Q8_0 => 7,
        TensorType.Q5_0 => 8,
        TensorType.Q5_1 => 9,
        TensorType.Q4_K => 15,
        TensorType.Q5_K => 17,
        TensorType.Q6_K => 18,
        TensorType.BF16 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static void AddTensors(GgufWriter writer, SynthOptions options, CancellationToken cancellationToken)
    {
        int width = options.Width;
        int feedForward = options.FeedForward;
        int kvWidth = width / options.Heads * options.KvHeads;
        float residual = 1f / MathF.Sqrt(2f * options.Layers);
        void Matrix(string name, int columns, int rows, float deviation)
        {
            TensorType type = Fitting(options.Type, columns);
            writer.AddTensor(name, (int)type, [columns, rows], output =>
                WriteMatrix(output, type, (long)columns * rows, KeyOf(name, options.Seed), deviation, cancellationToken));
        }
        void Vector(string name, int elements, float mean, float reach) =>
            writer.AddTensor(
                name,
                (int)TensorType.F32,
                [elements],
                output => WriteVector(output, elements, KeyOf(name, options.Seed), mean, reach));

        Matrix(ModelTensors.EmbeddingName, width, options.Vocabulary, 1);
        for (int layer = 0; layer < options.Layers; layer++)
        {
            string prefix = $"blk.{layer}.";
            Vector(prefix + "attn_norm.weight", width, 1, 0.1f);
            Matrix(prefix + "attn_q.weight", width, width, 1 / MathF.Sqrt(width));
            Matrix(prefix + "attn_k.weight", width, kvWidth, 1 / MathF.Sqrt(width));
            Matrix(prefix + "attn_v.weight", width, kvWidth, 1 / MathF.Sqrt(width));
            Matrix(prefix + "attn_output.weight", width, width, residual / MathF.Sqrt(width));
            if (ModelArchitecture.Known.First(known => known.Name == options.Architecture).QkvBiasRequired)
            {
                Vector(prefix + "attn_q.bias", width, 0, 0.3f);
                Vector(prefix + "attn_k.bias", kvWidth, 0, 0.3f);
                Vector(prefix + "attn_v.bias", kvWidth, 0, 0.3f);
            }
            Vector(prefix + "ffn_norm.weight", width, 1, 0.1f);
            Matrix(prefix + "ffn_gate.weight", width, feedForward, 1 / MathF.Sqrt(width));
            Matrix(prefix + "ffn_up.weight", width, feedForward, 1 / MathF.Sqrt(width));
            Matrix(prefix + "ffn_down.weight", feedForward, width, 2 * residual / MathF.Sqrt(feedForward));
        }
        Vector("output_norm.weight", width, 1, 0.1f);
        Matrix(ModelTensors.OutputName, width, options.Vocabulary, 3 / MathF.Sqrt(width));
    }

    /// <summary>The type asked for, or the one that takes its place where rows are no whole number of blocks.</summary>
    private static TensorType Fitting(TensorType type, int columns)
    {
        TensorType near = columns % TensorTypes.BlockElements(type) == 0 ? type : type switch
        {
            TensorType.Q4_K => TensorType.Q5_0,
            TensorType.Q5_K => TensorType.Q5_1,
            TensorType.Q6_K => TensorType.Q8_0,
            _ => TensorType.F16,
        };
        return columns % TensorTypes.BlockElements(near) == 0 ? near : TensorType.F16;
    }

    private static ulong KeyOf(string tensor, ulong seed)
    {
        Digest digest = Digest.Of(Encoding.UTF8.GetBytes(tensor));
        Span<byte> bytes = stackalloc byte[Digest.Size];
        digest.CopyTo(bytes);
        return RandomBlocks.Draw(BinaryPrimitives.ReadUInt64LittleEndian(bytes), seed);
    }

    private static void WriteMatrix(
        Stream output, TensorType type, long elements, ulong key, float deviation, CancellationToken cancellationToken)
    {
        int blockBytes = TensorTypes.BlockBytes(type);
        long blocks = elements / TensorTypes.BlockElements(type);
        int chunkBlocks = ChunkBytes / blockBytes;
        byte[] chunk = new byte[chunkBlocks * blockBytes];
        for (long first = 0; first < blocks; first += chunkBlocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunkBlocks, blocks - first) * blockBytes);
            RandomBlocks.Fill(type, part, first, key, deviation);
            output.Write(part);
        }
    }

    private static void WriteVector(Stream output, int elements, ulong key, float mean, float reach)
    {
        byte[] bytes = new byte[elements * sizeof(float)];
        for (int i = 0; i < elements; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(
                bytes.AsSpan(4 * i),
                mean + (reach * RandomBlocks.Uniform(RandomBlocks.Draw(key, (ulong)i))));
        }
        output.Write(bytes);
    }
}
