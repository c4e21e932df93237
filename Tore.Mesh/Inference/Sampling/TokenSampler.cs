using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Inference.Sampling;

/// <summary>
/// Draws tokens from logits (docs/arithmetic.md, Sampling). All memory is taken once, for a vocabulary; one thread uses it at a time, and
/// any number of requests share it, because nothing is kept from one draw to the next.
/// </summary>
internal sealed unsafe class TokenSampler
{
    // Where probabilities have fallen this far below min-p, exp's last-place wobble brings none of the later ranks back.
    private const float MinPSlack = 0.999f;

    private readonly int _vocabulary;
    private readonly KernelSet _set;
    private readonly TokenRanks _ranks;
    private readonly float[] _probabilities;
    private readonly float[] _penalised;
    private readonly ulong[] _seen;
    private readonly int[] _kept;
    private readonly int[] _keptById;

    /// <summary>Makes a sampler for a vocabulary.</summary>
    public TokenSampler(int vocabulary, KernelSet set)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        _vocabulary = vocabulary;
        _set = set;
        _ranks = new TokenRanks(vocabulary);
        _probabilities = new float[vocabulary];
        _penalised = new float[vocabulary];
        _seen = new ulong[(vocabulary + 63) / 64];
        _kept = new int[vocabulary];
        _keptById = new int[vocabulary];
    }

    /// <summary>Bytes that a sampler takes.</summary>
    public static long BytesFor(int vocabulary) =>
        (long)vocabulary * ((2 * sizeof(float)) + sizeof(ulong) + (2 * sizeof(int))) + (vocabulary / 8);

    /// <summary>Draws the token of a position.</summary>
    /// <param name="logits">One f32 a token of the vocabulary; not changed.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="position">Absolute position of the token to be drawn; with the seed it fixes the random number.</param>
    /// <param name="seen">Ids of the prompt and of what was generated so far, for the repetition penalty.</param>
    /// <returns>The token's id.</returns>
    /// <exception cref="ToreException"><c>numeric_overflow</c>: a logit is NaN or Inf.</exception>
    public int Sample(float* logits, SamplingOptions options, int position, ReadOnlySpan<int> seen)
    {
        if (!Softmax.AllFinite(logits, _vocabulary, _set))
        {
            throw Overflow();
        }
        fixed (float* penalised = _penalised)
        {
            if (options.RepeatPenalty != 1 && !seen.IsEmpty)
            {
                Penalise(logits, penalised, options.RepeatPenalty, seen);
                logits = penalised;
            }
            float max = Softmax.Max(logits, _vocabulary, _set);
            return options.Temperature == 0 ? FirstEqual(logits, max) : Draw(logits, max, options, position);
        }
    }

    /// <summary>
    /// Natural logarithm of the probability that the model gave a token, before penalty, temperature and filters, and the best
    /// alternatives, as many as fit in the spans, best first.
    /// </summary>
    /// <exception cref="ToreException"><c>numeric_overflow</c>: a logit is NaN or Inf.</exception>
    public float LogProbability(float* logits, int token, Span<int> topIds, Span<float> topLogProbabilities)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(topIds.Length, _vocabulary);
        ArgumentOutOfRangeException.ThrowIfNotEqual(topLogProbabilities.Length, topIds.Length);
        if (!Softmax.AllFinite(logits, _vocabulary, _set))
        {
            throw Overflow();
        }
        float max = Softmax.Max(logits, _vocabulary, _set);
        float logSum;
        fixed (float* p = _probabilities)
        {
            logSum = CanonicalMath.Log(Softmax.Exponentials(logits, _vocabulary, max, 1, p, _set));
        }
        if (!topIds.IsEmpty)
        {
            _ranks.BeginTop(logits, topIds.Length);
        }
        for (int rank = 0; rank < topIds.Length; rank++)
        {
            topIds[rank] = _ranks.Id(rank);
            topLogProbabilities[rank] = logits[topIds[rank]] - max - logSum;
        }
        return logits[token] - max - logSum;
    }

    private static ToreException Overflow() => new(
        ErrorCodes.NumericOverflow,
        "The model gave a logit that is NaN or Inf, so no token can be drawn. Check the model file; another quantization may do.");

    private void Penalise(float* logits, float* penalised, float penalty, ReadOnlySpan<int> seen)
    {
        new ReadOnlySpan<float>(logits, _vocabulary).CopyTo(new Span<float>(penalised, _vocabulary));
        bool finite = true;
        foreach (int id in seen)
        {
            if ((uint)id < (uint)_vocabulary && (_seen[id >> 6] & (1UL << id)) == 0)
            {
                _seen[id >> 6] |= 1UL << id;
                penalised[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
                finite &= float.IsFinite(penalised[id]);
            }
        }
        foreach (int id in seen)
        {
            if ((uint)id < (uint)_vocabulary)
            {
                _seen[id >> 6] = 0;
            }
        }
        if (!finite)
        {
            throw Overflow();
        }
    }

    private int FirstEqual(float* logits, float max)
    {
        int id = 0;
        while (logits[id] != max)
        {
            id++;
        }
        return id;
    }

    private int Draw(float* logits, float max, SamplingOptions options, int position)
    {
        float sum = BeginRanks(logits, max, options);
        int kept = Keep(options, sum, out bool dropped);
        if (dropped)
        {
            sum = SumById(kept);
        }
        float target = CounterGenerator.Uniform(options.Seed, position) * sum;
        float cumulative = 0;
        int rank = 0;
        // Where nothing was dropped, the ranks are found only as far as the draw goes.
        for (; dropped ? rank < kept : _ranks.Reach(rank); rank++)
        {
            int id = dropped ? _kept[rank] : _ranks.Id(rank);
            cumulative += _probabilities[id];
            if (cumulative > target)
            {
                return id;
            }
        }
        return dropped ? _kept[rank - 1] : _ranks.Id(rank - 1);
    }

    /// <summary>Step 4: begins the ranks that top-k keeps, fills in their probabilities, and gives the sum of these.</summary>
    private float BeginRanks(float* logits, float max, SamplingOptions options)
    {
        if (options.TopK <= 0 || options.TopK >= _vocabulary)
        {
            _ranks.Begin(logits, max, options.Temperature);
            fixed (float* p = _probabilities)
            {
                return Softmax.Exponentials(logits, _vocabulary, max, options.Temperature, p, _set);
            }
        }
        _ranks.BeginTop(logits, options.TopK);
        for (int rank = 0; rank < _ranks.Count; rank++)
        {
            int id = _ranks.Id(rank);
            _probabilities[id] = CanonicalMath.Exp((logits[id] - max) / options.Temperature);
            _kept[rank] = id;
        }
        return SumById(_ranks.Count);
    }

    /// <summary>Steps 5 and 6: lists what top-p and min-p keep, in rank order, unless neither filters.</summary>
    private int Keep(SamplingOptions options, float sum, out bool dropped)
    {
        dropped = options.TopP < 1 || options.MinP > 0;
        if (!dropped)
        {
            return 0;
        }
        float wanted = options.TopP < 1 ? options.TopP * sum : float.PositiveInfinity;
        float hopeless = options.MinP * MinPSlack;
        float cumulative = 0;
        int kept = 0;
        for (int rank = 0; cumulative < wanted && _ranks.Reach(rank); rank++)
        {
            int id = _ranks.Id(rank);
            float p = _probabilities[id];
            if (p < hopeless && rank > 0)
            {
                break;
            }
            cumulative += p;
            if (p >= options.MinP || rank == 0)
            {
                _kept[kept++] = id;
            }
        }
        if (kept == 0)
        {
            // top-p of 0 or less: rank 0 always stays.
            _ranks.Reach(0);
            _kept[kept++] = _ranks.Id(0);
        }
        return kept;
    }

    private float SumById(int kept)
    {
        Span<int> ids = _keptById.AsSpan(0, kept);
        _kept.AsSpan(0, kept).CopyTo(ids);
        ids.Sort();
        float* lanes = stackalloc float[Reduction.Lanes];
        new Span<float>(lanes, Reduction.Lanes).Clear();
        foreach (int id in ids)
        {
            lanes[id % Reduction.Lanes] += _probabilities[id];
        }
        return Reduction.Tree(lanes);
    }
}
