using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference.Stages;

/// <summary>What the last stage keeps for one sequence to draw its tokens: the ids seen, the digest, room for the alternatives.</summary>
internal sealed class StageSampling : IDisposable
{
    private readonly StageSequenceSpec _spec;
    private readonly int[] _seen;
    private readonly int[] _topIds;
    private readonly float[] _topLogProbs;
    private readonly byte[] _digestBytes = new byte[Digest.Size];
    private readonly LogitsDigest? _digest;
    private int _seenCount;
    private int _drawn;

    public StageSampling(StageSequenceSpec spec, int vocabulary)
    {
        _spec = spec;
        if (spec.Sampling.RepeatPenalty != 1)
        {
            _seen = new int[Math.Max(spec.Positions, spec.PromptIds.Count) + 1];
            foreach (int id in spec.PromptIds)
            {
                _seen[_seenCount++] = id;
            }
        }
        else
        {
            _seen = [];
        }
        int top = Math.Clamp(spec.TopLogProbs ?? 0, 0, vocabulary);
        _topIds = new int[top];
        _topLogProbs = new float[top];
        _digest = spec.WantDigest ? new LogitsDigest() : null;
    }

    /// <summary>Draws the token of a position from its logits and hands it out. Throws <c>numeric_overflow</c>.</summary>
    public unsafe void Draw(TokenSampler sampler, StageSequence sequence, int position, ReadOnlySpan<float> logits)
    {
        int id;
        float? logProb = null;
        fixed (float* values = logits)
        {
            id = sampler.Sample(values, _spec.Sampling, position, _seen.AsSpan(0, _seenCount));
            if (_spec.TopLogProbs is not null)
            {
                logProb = sampler.LogProbability(values, id, _topIds, _topLogProbs);
            }
            _digest?.Append(values, logits.Length);
        }
        if (_seenCount < _seen.Length)
        {
            _seen[_seenCount++] = id;
        }
        bool isLast = ++_drawn >= _spec.MaxTokens || _spec.EndIds.Contains(id);
        if (isLast)
        {
            _digest?.Current().CopyTo(_digestBytes);
        }
        sequence.Output.OnToken(sequence, new SampledToken
        {
            Id = id,
            Position = position,
            IsLast = isLast,
            LogProb = logProb,
            TopIds = _topIds,
            TopLogProbs = _topLogProbs,
            Digest = isLast && _digest is not null ? _digestBytes : [],
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _digest?.Dispose();
}
