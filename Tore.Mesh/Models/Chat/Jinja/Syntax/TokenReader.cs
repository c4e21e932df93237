using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja.Syntax;

/// <summary>Goes through the tokens of a template, and counts how deep the parser is.</summary>
internal sealed class TokenReader(List<Token> tokens)
{
    private int _at;
    private int _depth;

    /// <summary>The token at hand.</summary>
    public Token Current => tokens[_at];

    /// <summary>The token after it.</summary>
    public Token Ahead => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>Takes the token at hand.</summary>
    public Token Take()
    {
        Token token = tokens[_at];
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    /// <summary>Takes a symbol if it is at hand.</summary>
    public bool TrySymbol(string symbol) => Current.IsSymbol(symbol) && Take().Line >= 0;

    /// <summary>Takes a name if it is at hand.</summary>
    public bool TryName(string name) => Current.IsName(name) && Take().Line >= 0;

    /// <summary>Takes a token that must be there.</summary>
    public Token Expect(TokenType type, string what) =>
        Current.Type == type ? Take() : throw new JinjaException($"expected {what}, found {Current.Describe()}", Current.Line);

    /// <summary>Takes a symbol that must be there.</summary>
    public void ExpectSymbol(string symbol)
    {
        if (!TrySymbol(symbol))
        {
            throw new JinjaException($"expected '{symbol}', found {Current.Describe()}", Current.Line);
        }
    }

    /// <summary>Goes some levels deeper; <see cref="Leave"/> comes back.</summary>
    /// <exception cref="ToreException"><c>template_limit</c></exception>
    public void Enter()
    {
        if (++_depth > Limits.TemplateDepth)
        {
            throw new ToreException(
                ErrorCodes.TemplateLimit,
                $"The chat template nests deeper than {Limits.TemplateDepth} levels (line {Current.Line}); "
                    + "use --template FAMILY or --raw instead.");
        }
    }

    /// <summary>Comes back so many levels.</summary>
    public void Leave(int levels = 1) => _depth -= levels;
}
