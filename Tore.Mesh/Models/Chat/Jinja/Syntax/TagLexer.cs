namespace Tore.Mesh.Models.Chat.Jinja.Syntax;

/// <summary>Reads the tokens between the marks of one tag, and the mark that ends it.</summary>
internal sealed class TagLexer(string source, int at, int line, TokenType end)
{
    private static readonly string[] Symbols =
    [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|",
        ",", ";",
    ];

    private readonly string _mark = end == TokenType.BlockEnd ? "%}" : "}}";
    private readonly Stack<char> _open = [];
    private int _at = at;
    private int _line = line;

    /// <summary>Reads them; gives the place after the tag, its line, and the sign of its end.</summary>
    public (int At, int Line, bool Strip, bool Keep) Read(List<Token> tokens)
    {
        while (true)
        {
            SkipSpace();
            if (_at >= source.Length)
            {
                throw new JinjaException($"a tag does not end with {_mark}", _line);
            }
            if (_open.Count == 0 && TryEnd(tokens, out bool strip, out bool keep))
            {
                return (_at, _line, strip, keep);
            }
            tokens.Add(Next());
        }
    }

    private bool TryEnd(List<Token> tokens, out bool strip, out bool keep)
    {
        strip = source[_at] == '-';
        keep = source[_at] == '+' && end == TokenType.BlockEnd;
        int mark = _at + (strip || keep ? 1 : 0);
        if (string.CompareOrdinal(source, mark, _mark, 0, 2) != 0)
        {
            return false;
        }
        tokens.Add(new Token(end, _mark, _line));
        _at = mark + 2;
        return true;
    }

    private Token Next()
    {
        char first = source[_at];
        if (char.IsAsciiDigit(first))
        {
            return Number();
        }
        if (first == '_' || char.IsLetter(first))
        {
            int start = _at;
            while (_at < source.Length && (source[_at] == '_' || char.IsLetterOrDigit(source[_at])))
            {
                _at++;
            }
            return new Token(TokenType.Name, source[start.._at], _line);
        }
        if (first is '\'' or '"')
        {
            return Quoted(first);
        }
        foreach (string symbol in Symbols)
        {
            if (string.CompareOrdinal(source, _at, symbol, 0, symbol.Length) == 0)
            {
                Balance(symbol[0]);
                _at += symbol.Length;
                return new Token(TokenType.Symbol, symbol, _line);
            }
        }
        throw new JinjaException($"unexpected character '{Tokenizers.Excerpt.Of(first.ToString())}'", _line);
    }

    private void Balance(char symbol)
    {
        if (symbol is '(' or '[' or '{')
        {
            _open.Push(symbol);
        }
        else if (symbol is ')' or ']' or '}'
            && (!_open.TryPop(out char open) || (open, symbol) is not (('(', ')') or ('[', ']') or ('{', '}'))))
        {
            throw new JinjaException($"unexpected '{symbol}'", _line);
        }
    }

    private Token Number()
    {
        int start = _at;
        if (source[_at] == '0' && _at + 1 < source.Length && char.ToLowerInvariant(source[_at + 1]) is 'x' or 'o' or 'b')
        {
            throw new JinjaException("only decimal numbers are read", _line);
        }
        SkipDigits();
        bool isFloat = false;
        bool afterDot = start > 0 && source[start - 1] == '.';
        if (!afterDot && DigitAt(_at + 1) && source[_at] == '.')
        {
            isFloat = true;
            _at++;
            SkipDigits();
        }
        int exponent = _at + 1 < source.Length && source[_at + 1] is '+' or '-' ? _at + 2 : _at + 1;
        if (!afterDot && _at < source.Length && source[_at] is 'e' or 'E' && DigitAt(exponent))
        {
            isFloat = true;
            _at = exponent;
            SkipDigits();
        }
        string text = source[start.._at].Replace("_", "", StringComparison.Ordinal);
        return new Token(isFloat ? TokenType.Float : TokenType.Integer, text, _line);
    }

    private bool DigitAt(int index) => index < source.Length && char.IsAsciiDigit(source[index]);

    private void SkipDigits()
    {
        while (DigitAt(_at) || (_at < source.Length && source[_at] == '_' && DigitAt(_at + 1)))
        {
            _at++;
        }
    }

    private Token Quoted(char quote)
    {
        int start = _at + 1;
        int index = start;
        while (index < source.Length && source[index] != quote)
        {
            index += source[index] == '\\' ? 2 : 1;
        }
        if (index >= source.Length)
        {
            throw new JinjaException("a string does not end", _line);
        }
        string raw = source[start..index];
        Token token = new(TokenType.String, StringLiteral.Unescape(raw, _line), _line);
        _line += raw.AsSpan().Count('\n');
        _at = index + 1;
        return token;
    }

    private void SkipSpace()
    {
        while (_at < source.Length && CodePoints.IsSpace(source[_at]))
        {
            _line += source[_at] == '\n' ? 1 : 0;
            _at++;
        }
    }
}
