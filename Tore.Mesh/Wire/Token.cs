using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>A drawn token, from the last stage to stage 1, which runs it, and to the entry node, which shows it.</summary>
internal readonly record struct Token : IMessage<Token>
{
    /// <summary>The request.</summary>
    public Guid Sequence { get; init; }

    /// <summary>Its route.</summary>
    public uint Route { get; init; }

    /// <summary>The token's absolute position: the first generated token of a prompt of n ids has position n.</summary>
    public int Position { get; init; }

    /// <summary>The token.</summary>
    public int Id { get; init; }

    /// <summary>Whether the generation ends with it: an end token, or the most that was asked for. Stage 1 runs it no further.</summary>
    public bool IsLast { get; init; }

    /// <summary>Natural logarithm of its probability before temperature and filters, when asked for.</summary>
    public float? LogProb { get; init; }

    /// <summary>The best alternatives, best first, when asked for; empty on the way to stage 1.</summary>
    public ReadOnlyMemory<WireTopToken> Top { get; init; }

    /// <summary>On the last token, when asked for: SHA-256 over the f32 logits of every generated position.</summary>
    public Digest? LogitsDigest { get; init; }

    /// <inheritdoc/>
    public static MessageType Type => MessageType.Token;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(8);
        writer.Write(Sequence);
        writer.Write(Route);
        writer.Write(Position);
        writer.Write(Id);
        writer.Write(IsLast);
        if (LogProb is { } logProb)
        {
            writer.Write(logProb);
        }
        else
        {
            writer.WriteNil();
        }
        writer.WriteArrayHeader(Top.Length);
        foreach (WireTopToken top in Top.Span)
        {
            writer.WriteArrayHeader(2);
            writer.Write(top.Id);
            writer.Write(top.LogProb);
        }
        if (LogitsDigest is { } digest)
        {
            writer.Write(digest);
        }
        else
        {
            writer.WriteNil();
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Token message)
    {
        message = default;
        float logProb = 0;
        Digest digest = default;
        bool hasLogProb = false;
        bool hasDigest = false;
        if (!reader.TryReadFields(8, out int added)
            || !reader.TryRead(out Guid sequence)
            || !reader.TryRead(out uint route)
            || !reader.TryReadCount(out int position)
            || !reader.TryReadCount(out int id)
            || !reader.TryRead(out bool isLast)
            || ((hasLogProb = !reader.TryReadNil()) && !reader.TryRead(out logProb))
            || !TryReadTop(ref reader, out WireTopToken[] top)
            || ((hasDigest = !reader.TryReadNil()) && !reader.TryRead(out digest))
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Token
        {
            Sequence = sequence,
            Route = route,
            Position = position,
            Id = id,
            IsLast = isLast,
            LogProb = hasLogProb ? logProb : null,
            Top = top,
            LogitsDigest = hasDigest ? digest : null,
        };
        return true;
    }

    private static bool TryReadTop(ref MessagePackReader reader, out WireTopToken[] top)
    {
        top = [];
        if (!reader.TryReadArrayHeader(Limits.WireTopTokens, out int count))
        {
            return false;
        }
        if (count > 0)
        {
            top = new WireTopToken[count];
        }
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadFields(2, out int added)
                || !reader.TryReadCount(out int id)
                || !reader.TryRead(out float logProb)
                || !reader.TrySkip(added))
            {
                return false;
            }
            top[i] = new WireTopToken(id, logProb);
        }
        return true;
    }
}
