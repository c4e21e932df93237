namespace Tore.Mesh.Inference.Sampling;

/// <summary>
/// The ids of a vocabulary from the greatest logit downwards, the lower id first among equals, found only as far as they are asked for.
/// All memory is taken once.
/// </summary>
internal sealed unsafe class TokenRanks
{
    // Depth of the first tier below the maximum, in units of the temperature; each further tier reaches four times as deep.
    private const float FirstTier = 2f;
    private const int SmallestBuffer = 256;

    // An ulong sorts like its rank: the inverted order of the logit above, the id below.
    private readonly ulong[] _keys;
    private readonly int _vocabulary;
    private float* _logits;
    private float _max;
    private float _upper;
    private float _depth;

    /// <summary>Makes room for a vocabulary.</summary>
    public TokenRanks(int vocabulary)
    {
        _vocabulary = vocabulary;
        _keys = new ulong[vocabulary];
    }

    /// <summary>Ranks found so far.</summary>
    public int Count { get; private set; }

    /// <summary>The id of a rank below <see cref="Count"/>.</summary>
    public int Id(int rank) => (int)(uint)_keys[rank];

    /// <summary>Starts over ranks that are found tier by tier, as <see cref="Reach"/> asks for them.</summary>
    /// <param name="logits">Finite logits; they must stay until the last call.</param>
    /// <param name="max">The greatest of them.</param>
    /// <param name="unit">A difference of logits over which probabilities fall by about e: the temperature.</param>
    public void Begin(float* logits, float max, float unit)
    {
        _logits = logits;
        _max = max;
        _upper = float.PositiveInfinity;
        _depth = unit * FirstTier;
        Count = 0;
    }

    /// <summary>Starts over the <paramref name="k"/> best alone, 0 &lt; k &lt;= vocabulary, in one pass.</summary>
    public void BeginTop(float* logits, int k)
    {
        int capacity = (int)Math.Min(_vocabulary, Math.Max(2L * k, SmallestBuffer));
        int count = 0;
        float threshold = float.NegativeInfinity;
        for (int id = 0; id < _vocabulary; id++)
        {
            // Ids rise: one that only equals the k-th best so far comes after it.
            if (logits[id] <= threshold)
            {
                continue;
            }
            _keys[count++] = KeyOf(logits[id], id);
            if (count == capacity && count > k)
            {
                _keys.AsSpan(0, count).Sort();
                count = k;
                threshold = logits[Id(k - 1)];
            }
        }
        _keys.AsSpan(0, count).Sort();
        Count = Math.Min(count, k);
        _upper = float.NegativeInfinity;
    }

    /// <summary>Finds more until the rank is there; false when there are no more.</summary>
    public bool Reach(int rank)
    {
        while (rank >= Count)
        {
            if (_upper == float.NegativeInfinity)
            {
                return false;
            }
            AddTier();
        }
        return true;
    }

    private void AddTier()
    {
        float lower = _max - _depth;
        int count = Count;
        for (int id = 0; id < _vocabulary; id++)
        {
            float logit = _logits[id];
            if (logit >= lower && logit < _upper)
            {
                _keys[count++] = KeyOf(logit, id);
            }
        }
        _keys.AsSpan(Count, count - Count).Sort();
        Count = count;
        _upper = Count == _vocabulary ? float.NegativeInfinity : lower;
        _depth *= 4;
    }

    private static ulong KeyOf(float logit, int id)
    {
        // Adding +0 makes -0 into +0: equals must have equal keys.
        int bits = BitConverter.SingleToInt32Bits(logit + 0f);
        uint rising = (uint)bits ^ ((uint)(bits >> 31) | 0x8000_0000u);
        return ((ulong)~rising << 32) | (uint)id;
    }
}
