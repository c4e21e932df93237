namespace Tore.Mesh.Models.Chat.Jinja.Syntax;

/// <summary>A token of a template.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct Token(TokenType Type, string Text, int Line)
{
    /// <summary>Whether it is this symbol.</summary>
    public bool IsSymbol(string symbol) => Type == TokenType.Symbol && Text == symbol;

    /// <summary>Whether it is this name.</summary>
    public bool IsName(string name) => Type == TokenType.Name && Text == name;

    /// <summary>The token in words, for messages.</summary>
    public string Describe() => Type switch
    {
        TokenType.BlockEnd => "the end of the tag",
        TokenType.VariableEnd => "the end of the expression",
        TokenType.End => "the end of the template",
        TokenType.Data => "text",
        _ => $"'{Tokenizers.Excerpt.Of(Text)}'",
    };
}
