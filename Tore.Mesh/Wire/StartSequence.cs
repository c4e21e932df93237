using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// What is to be generated in a slot that <see cref="OpenSequence"/> took. Answered by <see cref="SequenceOpened"/> or
/// <see cref="Refused"/>; the prompt follows only when every stage has answered.
/// </summary>
internal readonly record struct StartSequence : IMessage<StartSequence>
{
    /// <summary>Makes an empty start.</summary>
    public StartSequence()
    {
    }

    /// <summary>The asker's number for the answer, its own on each link.</summary>
    public uint Call { get; init; }

    /// <summary>The request, as it was opened.</summary>
    public Guid Sequence { get; init; }

    /// <summary>Its route.</summary>
    public uint Route { get; init; }

    /// <summary>The request's id as its client knows it, for logs.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Tokens of the prompt; the first generated token has this position.</summary>
    public int PromptLength { get; init; }

    /// <summary>Most tokens to generate.</summary>
    public int TokensMax { get; init; }

    /// <summary>How the last stage draws.</summary>
    public WireSampling Sampling { get; init; }

    /// <summary>Tokens that end the generation.</summary>
    public ReadOnlyMemory<int> EndIds { get; init; }

    /// <summary>The prompt, for a last stage whose sampling looks back on it; else empty.</summary>
    public ReadOnlyMemory<int> PromptIds { get; init; }

    /// <summary>Alternatives to tell with each token; null for no log-probabilities at all.</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>Whether the last token carries the digest of all logits.</summary>
    public bool WantsDigest { get; init; }

    /// <inheritdoc/>
    public static MessageType Type => MessageType.StartSequence;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(11);
        writer.Write(Call);
        writer.Write(Sequence);
        writer.Write(Route);
        writer.Write(RequestId);
        writer.Write(PromptLength);
        writer.Write(TokensMax);
        Sampling.Write(ref writer);
        writer.Write(EndIds.Span);
        writer.Write(PromptIds.Span);
        if (TopLogProbs is { } top)
        {
            writer.Write(top);
        }
        else
        {
            writer.WriteNil();
        }
        writer.Write(WantsDigest);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out StartSequence message)
    {
        message = default;
        if (!reader.TryReadFields(11, out int added)
            || !reader.TryRead(out uint call)
            || !reader.TryRead(out Guid sequence)
            || !reader.TryRead(out uint route)
            || !reader.TryRead(Limits.WireNameBytes, out string requestId)
            || !reader.TryReadCount(out int promptLength)
            || !reader.TryReadCount(out int tokensMax)
            || !WireSampling.TryRead(ref reader, out WireSampling sampling)
            || !reader.TryRead(Limits.WireEndIds, out int[] endIds)
            || !reader.TryRead(int.MaxValue, out int[] promptIds)
            || !TryReadTop(ref reader, out int? top)
            || !reader.TryRead(out bool wantsDigest)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new StartSequence
        {
            Call = call,
            Sequence = sequence,
            Route = route,
            RequestId = requestId,
            PromptLength = promptLength,
            TokensMax = tokensMax,
            Sampling = sampling,
            EndIds = endIds,
            PromptIds = promptIds,
            TopLogProbs = top,
            WantsDigest = wantsDigest,
        };
        return true;
    }

    private static bool TryReadTop(ref MessagePackReader reader, out int? top)
    {
        top = null;
        if (reader.TryReadNil())
        {
            return true;
        }
        bool read = reader.TryReadCount(out int count);
        top = count;
        return read && (count <= Limits.WireTopTokens || reader.Refuse(WireFailure.Limit));
    }
}
