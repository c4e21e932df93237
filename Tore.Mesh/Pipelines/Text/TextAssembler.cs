using System.Text;

namespace Tore.Mesh.Pipelines.Text;

/// <summary>
/// Joins tokens and their text into what may be shown: tokens appear together with their text, and neither goes past the start
/// of a stop string. Pure: no clock, no tasks.
/// </summary>
public sealed class TextAssembler
{
    private readonly StopMatcher _stops;
    private readonly Queue<Pending> _pending = new();
    private long _decoded;
    private long _shown;

    /// <summary>Assembles until one of these strings.</summary>
    public TextAssembler(IReadOnlyCollection<string> stops) => _stops = new StopMatcher(stops);

    /// <summary>Whether a stop string has been seen.</summary>
    public bool IsStopped => _stops.IsStopped;

    /// <summary>Takes the next token.</summary>
    /// <param name="token">The token and its bytes.</param>
    /// <param name="text">The whole characters that it completed, possibly none.</param>
    /// <returns>What may be shown now; its text and tokens may both be empty.</returns>
    public TextDelta Push(TextToken token, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _pending.Enqueue(new Pending(token, _decoded, text));
        _decoded += text.Length;
        return Release(_stops.Push(text));
    }

    /// <summary>The generation is over without a stop string: what was held back may be shown.</summary>
    public TextDelta Finish() => Release(_stops.Flush());

    private TextDelta Release(string text)
    {
        _shown += text.Length;
        List<TextToken> tokens = [];
        while (_pending.TryPeek(out Pending next) && next.End <= _shown && !(IsStopped && next.Start >= _shown))
        {
            tokens.Add(_pending.Dequeue().Token);
        }
        if (IsStopped)
        {
            if (_pending.TryPeek(out Pending cut) && cut.Start < _shown)
            {
                // The stop string begins inside this token: only its part before it is shown.
                byte[] bytes = Encoding.UTF8.GetBytes(cut.Text[..(int)(_shown - cut.Start)]);
                tokens.Add(cut.Token with { Bytes = bytes });
            }
            _pending.Clear();
        }
        return new TextDelta(text, tokens);
    }

    private readonly record struct Pending(TextToken Token, long Start, string Text)
    {
        public long End => Start + Text.Length;
    }
}
