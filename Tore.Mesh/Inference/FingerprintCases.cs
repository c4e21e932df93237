using System.Security.Cryptography;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Inference;

/// <summary>
/// The fixed list of cases behind <see cref="EngineFingerprint"/>: each part of the arithmetic on inputs from the counter-based
/// generator, its result bits added to the hash. The list is part of the version: another list is another fingerprint.
/// </summary>
internal sealed unsafe class FingerprintCases(IncrementalHash hash, KernelSet set)
{
    // Not multiples of 16 where a kernel has a tail of its own.
    private const int VectorLength = 1003;
    private const int MatrixRows = 40;
    private const int MatrixColumns = 512;
    private const int MatrixTokens = 3;
    private const int Vocabulary = 1500;
    private const int Draws = 24;

    private static readonly TensorType[] Types =
    [
        TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q4_0, TensorType.Q4_1, TensorType.Q5_0, TensorType.Q5_1,
        TensorType.Q8_0,
        TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K,
    ];

    /// <summary>Runs every case.</summary>
    public void Run()
    {
        Functions();
        Layers();
        Attention(headDim: 64, group: 3, firstPosition: 59, tokens: 11);
        Attention(headDim: 48, group: 1, firstPosition: 130, tokens: 1);
        foreach (TensorType type in Types)
        {
            Matrix(type);
        }
        Sampling();
    }

    private void Functions()
    {
        using AlignedBuffer x = Numbers(1, VectorLength, 96);
        using AlignedBuffer y = new(VectorLength * sizeof(float));
        Softmax.Exponentials(x.Floats, VectorLength, 0, 1, y.Floats, set);
        Add(y.Floats, VectorLength);
        for (int i = 0; i < VectorLength; i++)
        {
            y.Floats[i] = CanonicalMath.Tanh(x.Floats[i] * 0.125f);
        }
        Add(y.Floats, VectorLength);
        for (int i = 0; i < VectorLength; i++)
        {
            y.Floats[i] = CanonicalMath.Log(MathF.Abs(x.Floats[i]));
        }
        Add(y.Floats, VectorLength);
    }

    private void Layers()
    {
        using AlignedBuffer x = Numbers(2, VectorLength, 2);
        using AlignedBuffer w = Numbers(3, VectorLength, 8);
        using AlignedBuffer y = new(VectorLength * sizeof(float));
        RmsNorm.Run(x.Floats, w.Floats, VectorLength, 1e-5f, y.Floats, set);
        Add(y.Floats, VectorLength);
        SwiGlu.Run(w.Floats, x.Floats, VectorLength, y.Floats, set);
        Add(y.Floats, VectorLength);
        Residual.Add(y.Floats, w.Floats, VectorLength, set);
        Add(y.Floats, VectorLength);
        float* factors = stackalloc float[48];
        new Span<float>(factors, 48).Fill(3);
        using RopeTable table = new(40, 48, 500_000, 2, new ReadOnlySpan<float>(factors, 48));
        Add(table.Cos(0), 2 * 40 * 48);
        Rope.Apply(x.Floats, table.Cos(39), table.Sin(39), 48, interleaved: true, set);
        Rope.Apply(x.Floats + 100, table.Cos(17), table.Sin(17), 48, interleaved: false, set);
        Add(x.Floats, VectorLength);
    }

    private void Attention(int headDim, int group, int firstPosition, int tokens)
    {
        int positions = firstPosition + tokens;
        int pages = (positions + KvPage.Positions - 1) / KvPage.Positions;
        int pageFloats = (int)KvPage.Floats(1, headDim);
        using AlignedBuffer cache = Numbers(4, pages * pageFloats, 1);
        using AlignedBuffer queries = Numbers(5, tokens * group * headDim, 2);
        using AlignedBuffer output = new(queries.Bytes);
        using AlignedBuffer scratch = new(AttentionKernel.ScratchFloats(positions) * sizeof(float));
        float** table = stackalloc float*[pages];
        for (int page = 0; page < pages; page++)
        {
            table[page] = cache.Floats + (page * pageFloats);
        }
        AttentionJob job = new()
        {
            Queries = queries.Floats,
            QueryStride = group * headDim,
            Output = output.Floats,
            OutputStride = group * headDim,
            Pages = table,
            KvHeads = 1,
            KvHead = 0,
            Group = group,
            HeadDim = headDim,
            FirstPosition = firstPosition,
            Tokens = tokens,
            Scratch = scratch.Floats,
        };
        AttentionKernel.Run(job, set);
        Add(output.Floats, tokens * group * headDim);
    }

    private void Matrix(TensorType type)
    {
        using AlignedBuffer x = Numbers(6, MatrixTokens * MatrixColumns, 2);
        using AlignedBuffer bias = Numbers(7, MatrixRows, 1);
        using AlignedBuffer y = new(MatrixTokens * MatrixRows * sizeof(float));
        using AlignedBuffer stored = Rows(type);
        using PackedMatrix matrix = PackedMatrix.Allocate(type, MatrixRows, MatrixColumns);
        using ActivationPanel panel = new(MatrixTokens, MatrixColumns);
        matrix.PackRows(stored.Pointer, 0, MatrixRows);
        panel.Load(ActivationPanel.FormFor(type), x.Floats, MatrixColumns, MatrixColumns, 0, MatrixTokens, set);
        MatrixProduct.Run(matrix, panel, MatrixTokens, bias.Floats, y.Floats, MatrixRows, 0, matrix.Groups, set);
        Add(y.Floats, MatrixTokens * MatrixRows);
        matrix.ReadRow(MatrixRows - 1, x.Floats);
        Add(x.Floats, MatrixColumns);
    }

    private void Sampling()
    {
        using AlignedBuffer logits = Numbers(8, Vocabulary, 9);
        TokenSampler sampler = new(Vocabulary, set);
        Span<int> ids = stackalloc int[5];
        Span<float> top = stackalloc float[5];
        Span<int> seen = [3, 14, 159, 265];
        SamplingOptions tight = new() { RepeatPenalty = 1.1f, Seed = 1 };
        SamplingOptions wide = new() { Temperature = 1.5f, TopK = 0, TopP = 0.98f, MinP = 0, Seed = 2 };
        for (int position = 0; position < Draws; position++)
        {
            int id = sampler.Sample(logits.Floats, position % 2 == 0 ? tight : wide, position, seen);
            float logProbability = sampler.LogProbability(logits.Floats, id, ids, top);
            Add((float*)&id, 1);
            Add(&logProbability, 1);
        }
        fixed (float* best = top)
        {
            Add(best, top.Length);
        }
    }

    /// <summary>Stored rows of random bits whose floats and scales are below 2 in size, so that all are finite.</summary>
    private static AlignedBuffer Rows(TensorType type)
    {
        int blockBytes = TensorTypes.BlockBytes(type);
        AlignedBuffer stored = new(MatrixRows * TensorTypes.RowBytes(type, MatrixColumns));
        for (int i = 0; i < stored.Bytes / sizeof(uint); i++)
        {
            ((uint*)stored.Pointer)[i] = CounterGenerator.Block((ulong)type, (uint)i, 1, 0, 0).Word0;
        }
        // The highest byte of each float holds the top bit of its exponent.
        int[] highBytes = type switch
        {
            TensorType.F32 => [3],
            TensorType.Q6_K => [209],
            TensorType.Q4_1 or TensorType.Q5_1 or TensorType.Q4_K or TensorType.Q5_K => [1, 3],
            _ => [1],
        };
        for (byte* block = stored.Pointer; block < stored.Pointer + stored.Bytes; block += blockBytes)
        {
            foreach (int place in highBytes)
            {
                block[place] &= 0xBF;
            }
        }
        return stored;
    }

    private static AlignedBuffer Numbers(ulong seed, int count, float size)
    {
        AlignedBuffer numbers = new(count * sizeof(float));
        for (int i = 0; i < count; i++)
        {
            numbers.Floats[i] = ((2 * CounterGenerator.Uniform(seed, i)) - 1) * size;
        }
        return numbers;
    }

    private void Add(float* values, int count) => hash.AppendData(new ReadOnlySpan<byte>(values, count * sizeof(float)));
}
