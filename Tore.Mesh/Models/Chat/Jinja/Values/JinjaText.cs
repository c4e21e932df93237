using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>
/// A string that remembers, character by character, who wrote it: the template (trusted) or a message (untrusted). Immutable.
/// </summary>
internal sealed class JinjaText
{
    // Where trust changes, rising; empty for the usual text of one author.
    private readonly int[] _flips;

    /// <summary>Text of one author.</summary>
    public JinjaText(string value, bool trusted)
        : this(value, trusted, [])
    {
    }

    /// <summary>Text of several authors.</summary>
    /// <param name="value">The characters.</param>
    /// <param name="startsTrusted">Whether the first is trusted.</param>
    /// <param name="flips">Indexes at which trust changes, rising, within the text.</param>
    public JinjaText(string value, bool startsTrusted, int[] flips)
    {
        Value = value;
        StartsTrusted = startsTrusted;
        _flips = flips;
        HasSurrogates = value.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;
    }

    /// <summary>The empty text.</summary>
    public static JinjaText Empty { get; } = new("", trusted: true);

    /// <summary>The characters.</summary>
    public string Value { get; }

    /// <summary>Whether the first character is the template's.</summary>
    public bool StartsTrusted { get; }

    /// <summary>Where trust changes.</summary>
    public ReadOnlySpan<int> Flips => _flips;

    /// <summary>Whether some character takes two UTF-16 units.</summary>
    public bool HasSurrogates { get; }

    /// <summary>Length in code points, as Python counts.</summary>
    public int PointCount
    {
        get
        {
            int low = 0;
            if (HasSurrogates)
            {
                for (int index = 1; index < Value.Length; index++)
                {
                    low += char.IsLowSurrogate(Value[index]) && char.IsHighSurrogate(Value[index - 1]) ? 1 : 0;
                }
            }
            return Value.Length - low;
        }
    }

    /// <summary>A part of the text, in UTF-16 units.</summary>
    public JinjaText Slice(int start, int length)
    {
        if (length == Value.Length)
        {
            return this;
        }
        if (length == 0)
        {
            return Empty;
        }
        int first = FlipsUpTo(start);
        int last = FlipsUpTo(start + length - 1);
        bool trusted = StartsTrusted ^ (first % 2 == 1);
        int[] flips = Array.ConvertAll(_flips[first..last], flip => flip - start);
        return new JinjaText(Value.Substring(start, length), trusted, flips);
    }

    /// <summary>Whether the character at an index is the template's.</summary>
    public bool TrustedAt(int index) => StartsTrusted ^ (FlipsUpTo(index) % 2 == 1);

    /// <summary>How often trust changes up to and at an index.</summary>
    public int FlipsUpTo(int index)
    {
        int found = Array.BinarySearch(_flips, index);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>The text as stretches of one author each.</summary>
    public List<TextSegment> ToSegments()
    {
        List<TextSegment> segments = [];
        int start = 0;
        bool trusted = StartsTrusted;
        foreach (int flip in (int[])[.. _flips, Value.Length])
        {
            if (flip > start)
            {
                segments.Add(new TextSegment(Value[start..flip], trusted));
            }
            start = flip;
            trusted = !trusted;
        }
        return segments;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
