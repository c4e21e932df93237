using System.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>Joins pieces of text and keeps who wrote them; every character counts as work, and the whole is bounded.</summary>
internal sealed class TextBuilder(Rendering rendering)
{
    private readonly StringBuilder _text = new();
    private readonly List<int> _flips = [];
    private bool _startsTrusted = true;
    private bool _trusted = true;
    private long _bytes;

    /// <summary>Length in UTF-16 units.</summary>
    public int Length => _text.Length;

    /// <summary>Appends text of one author.</summary>
    public TextBuilder Append(ReadOnlySpan<char> text, bool trusted)
    {
        if (text.Length == 0)
        {
            return this;
        }
        rendering.Charge(text.Length);
        _bytes += Encoding.UTF8.GetByteCount(text);
        if (_bytes > Limits.TemplateOutputBytes)
        {
            throw rendering.Limit($"makes a text of more than {Limits.TemplateOutputBytes} bytes");
        }
        if (_text.Length == 0)
        {
            _startsTrusted = trusted;
        }
        else if (trusted != _trusted)
        {
            rendering.Charge(4);
            _flips.Add(_text.Length);
        }
        _trusted = trusted;
        _text.Append(text);
        return this;
    }

    /// <summary>Appends text of the template's own.</summary>
    public TextBuilder Append(string text) => Append(text, trusted: true);

    /// <summary>Appends text with its authors.</summary>
    public TextBuilder Append(JinjaText text) => Append(text, 0, text.Value.Length);

    /// <summary>Appends a part of a text, in UTF-16 units, with its authors.</summary>
    public TextBuilder Append(JinjaText text, int start, int length)
    {
        int end = start + length;
        int at = start;
        int next = text.FlipsUpTo(start);
        bool trusted = text.StartsTrusted ^ (next % 2 == 1);
        for (; next < text.Flips.Length && text.Flips[next] < end; next++)
        {
            int flip = text.Flips[next];
            Append(text.Value.AsSpan(at, flip - at), trusted);
            at = flip;
            trusted = !trusted;
        }
        return Append(text.Value.AsSpan(at, end - at), trusted);
    }

    /// <summary>What was joined.</summary>
    public JinjaText ToText() => _text.Length == 0 ? JinjaText.Empty : new JinjaText(_text.ToString(), _startsTrusted, [.. _flips]);
}
