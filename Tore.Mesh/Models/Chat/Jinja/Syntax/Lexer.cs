namespace Tore.Mesh.Models.Chat.Jinja.Syntax;

/// <summary>
/// Cuts a template into tokens as Jinja2 3.1 does with <c>trim_blocks</c> and <c>lstrip_blocks</c>: the newline after a block tag
/// goes, and so does the space before one that begins its line; <c>-</c> strips all white space on its side, <c>+</c> keeps it.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _lineStarts = true;

    private Lexer(string source) => _source = source;

    /// <summary>Reads all tokens; the last is <see cref="TokenType.End"/>.</summary>
    public static List<Token> Read(string template)
    {
        string source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Lexer lexer = new(source.EndsWith('\n') ? source[..^1] : source);
        lexer.ReadRoot();
        lexer._tokens.Add(new Token(TokenType.End, "", lexer._line));
        return lexer._tokens;
    }

    private void ReadRoot()
    {
        while (_at < _source.Length)
        {
            int tag = FindTag(_at);
            if (tag < 0)
            {
                AddData(_source[_at..]);
                _at = _source.Length;
                return;
            }
            char kind = _source[tag + 1];
            char sign = SignAt(tag + 2);
            AddData(Stripped(_at, tag, sign, kind));
            Advance(tag - _at);
            Advance(2 + (sign == '\0' ? 0 : 1));
            _lineStarts = false;
            switch (kind)
            {
                case '#':
                    SkipComment();
                    break;
                case '%' when RawTagLength() is int length && length > 0:
                    Advance(length);
                    ReadRaw();
                    break;
                case '%':
                    _tokens.Add(new Token(TokenType.BlockBegin, "{%", _line));
                    ReadTag(TokenType.BlockEnd);
                    break;
                default:
                    _tokens.Add(new Token(TokenType.VariableBegin, "{{", _line));
                    ReadTag(TokenType.VariableEnd);
                    break;
            }
        }
    }

    private int FindTag(int from)
    {
        for (int index = _source.IndexOf('{', from); index >= 0; index = _source.IndexOf('{', index + 1))
        {
            if (index + 1 < _source.Length && _source[index + 1] is '%' or '{' or '#')
            {
                return index;
            }
        }
        return -1;
    }

    private char SignAt(int index) => index < _source.Length && _source[index] is '-' or '+' ? _source[index] : '\0';

    // The text before a tag, less what the tag strips from it.
    private string Stripped(int start, int tag, char sign, char kind)
    {
        string text = _source[start..tag];
        if (sign == '-')
        {
            int length = text.Length;
            while (length > 0 && CodePoints.IsSpace(text[length - 1]))
            {
                length--;
            }
            return text[..length];
        }
        if (sign == '+' || kind == '{')
        {
            return text;
        }
        int line = text.LastIndexOf('\n') + 1;
        return (line > 0 || _lineStarts) && IsSpace(text.AsSpan(line)) ? text[..line] : text;
    }

    private static bool IsSpace(ReadOnlySpan<char> text)
    {
        foreach (char value in text)
        {
            if (!CodePoints.IsSpace(value))
            {
                return false;
            }
        }
        return true;
    }

    private void SkipComment()
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new JinjaException("a comment does not end", _line);
        }
        bool strip = end > _at && _source[end - 1] == '-';
        bool keep = end > _at && _source[end - 1] == '+';
        Advance(end + 2 - _at);
        AfterTag(strip, trimNewline: !keep);
    }

    // Length of " raw %}" and the like at the place after "{%", or 0.
    private int RawTagLength() => KeywordTagLength(_at, "raw", out bool strip) is int length && length > 0
        ? length + (strip ? SpaceLength(_at + length) : 0)
        : 0;

    private int KeywordTagLength(int from, string keyword, out bool strip)
    {
        strip = false;
        int index = from + SpaceLength(from);
        if (string.CompareOrdinal(_source, index, keyword, 0, keyword.Length) != 0)
        {
            return 0;
        }
        index += keyword.Length;
        index += SpaceLength(index);
        strip = SignAt(index) == '-';
        index += strip ? 1 : 0;
        return string.CompareOrdinal(_source, index, "%}", 0, 2) == 0 ? index + 2 - from : 0;
    }

    private void ReadRaw()
    {
        for (int tag = _source.IndexOf("{%", _at, StringComparison.Ordinal); tag >= 0;
            tag = _source.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            char sign = SignAt(tag + 2);
            int after = tag + 2 + (sign == '\0' ? 0 : 1);
            int length = KeywordTagLength(after, "endraw", out bool strip);
            if (length > 0)
            {
                AddData(Stripped(_at, tag, sign, '%'));
                Advance(after + length - _at);
                AfterTag(strip, trimNewline: true);
                return;
            }
        }
        throw new JinjaException("a raw block does not end", _line);
    }

    private void ReadTag(TokenType end)
    {
        TagLexer tag = new(_source, _at, _line, end);
        (_at, _line, bool strip, bool keep) = tag.Read(_tokens);
        AfterTag(strip, trimNewline: end == TokenType.BlockEnd && !keep);
    }

    private void AfterTag(bool strip, bool trimNewline)
    {
        int length = strip ? SpaceLength(_at) : trimNewline && _at < _source.Length && _source[_at] == '\n' ? 1 : 0;
        _lineStarts = length > 0 && _source[_at + length - 1] == '\n';
        Advance(length);
    }

    private int SpaceLength(int from)
    {
        int index = from;
        while (index < _source.Length && CodePoints.IsSpace(_source[index]))
        {
            index++;
        }
        return index - from;
    }

    private void AddData(string text)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new Token(TokenType.Data, text, _line));
        }
    }

    private void Advance(int count)
    {
        _line += _source.AsSpan(_at, count).Count('\n');
        _at += count;
    }
}
