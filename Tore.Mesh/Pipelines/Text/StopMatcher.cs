using System.Text;

namespace Tore.Mesh.Pipelines.Text;

/// <summary>
/// Ends a text at the first of several stop strings, wherever the pieces of the text are cut. Text that could still become a
/// stop string is held back, so that no part of one is ever shown. The stop that is complete first wins; of several
/// complete at the same character, the longest: the outcome does not depend on how the text arrives in pieces.
/// </summary>
public sealed class StopMatcher
{
    private readonly string[] _stops;
    private readonly StringBuilder _held = new();

    /// <summary>Watches for these strings; empty ones are not allowed.</summary>
    public StopMatcher(IReadOnlyCollection<string> stops)
    {
        ArgumentNullException.ThrowIfNull(stops);
        if (stops.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop string is empty.", nameof(stops));
        }
        // Longest first, so that the first hit at a character is the longest.
        _stops = [.. stops.Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length)];
    }

    /// <summary>Whether a stop string has been seen; nothing is released after it.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Characters held back at present.</summary>
    public int HeldLength => _held.Length;

    /// <summary>Takes the next piece and returns what may be shown now: possibly nothing, possibly more than the piece.</summary>
    public string Push(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        if (IsStopped || piece.Length == 0)
        {
            return "";
        }
        if (_stops.Length == 0)
        {
            return piece;
        }
        int seen = _held.Length;
        string text = _held.Append(piece).ToString();
        for (int end = seen + 1; end <= text.Length; end++)
        {
            foreach (string stop in _stops)
            {
                if (text.AsSpan(0, end).EndsWith(stop, StringComparison.Ordinal))
                {
                    IsStopped = true;
                    _held.Clear();
                    return text[..(end - stop.Length)];
                }
            }
        }
        int kept = PossibleStopLength(text);
        _held.Clear().Append(text, text.Length - kept, kept);
        return text[..^kept];
    }

    /// <summary>The text is over: returns what was held back, since it became no stop string.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    /// <summary>Length of the longest end of <paramref name="text"/> that begins a stop string.</summary>
    private int PossibleStopLength(string text)
    {
        int longest = 0;
        foreach (string stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
