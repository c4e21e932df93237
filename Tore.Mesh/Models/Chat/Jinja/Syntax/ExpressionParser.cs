using System.Globalization;
using System.Text;
using Tore.Mesh.Models.Chat.Jinja.Expressions;
using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Syntax;

/// <summary>Parses expressions: from the loosest binding (inline if) to the tightest (attributes, calls, filters).</summary>
internal sealed class ExpressionParser(TokenReader reader)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] NoArgument = ["else", "or", "and", "if", "in", "not"];

    /// <summary>Parses an expression or a tuple without parentheses.</summary>
    /// <param name="allowInlineIf">Whether an inline if may follow (not in the head of a for).</param>
    public Expression ParseTuple(bool allowInlineIf = true)
    {
        int line = reader.Current.Line;
        Expression first = allowInlineIf ? Parse() : ParseOr();
        if (!reader.Current.IsSymbol(","))
        {
            return first;
        }
        List<Expression> items = [first];
        while (reader.TrySymbol(","))
        {
            if (EndsTuple())
            {
                break;
            }
            items.Add(allowInlineIf ? Parse() : ParseOr());
        }
        return new Sequence(line, items, isTuple: true);
    }

    /// <summary>Parses an expression.</summary>
    public Expression Parse()
    {
        reader.Enter();
        int line = reader.Current.Line;
        Expression value = ParseOr();
        int levels = 1;
        while (reader.TryName("if"))
        {
            reader.Enter();
            levels++;
            Expression condition = ParseOr();
            value = new Conditional(line, condition, value, reader.TryName("else") ? Parse() : null);
        }
        reader.Leave(levels);
        return value;
    }

    /// <summary>Parses the arguments of a call, from its opening parenthesis.</summary>
    public ArgumentList ParseArguments()
    {
        reader.ExpectSymbol("(");
        List<Expression> positional = [];
        List<KeyValuePair<string, Expression>> named = [];
        while (!reader.TrySymbol(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                reader.ExpectSymbol(",");
                if (reader.TrySymbol(")"))
                {
                    break;
                }
            }
            if (reader.Current.IsSymbol("*") || reader.Current.IsSymbol("**"))
            {
                throw new JinjaException($"arguments unpacked with '{reader.Current.Text}' are not supported", reader.Current.Line);
            }
            if (reader.Current.Type == TokenType.Name && reader.Ahead.IsSymbol("="))
            {
                string name = reader.Take().Text;
                reader.Take();
                named.Add(new KeyValuePair<string, Expression>(name, Parse()));
            }
            else
            {
                positional.Add(Parse());
            }
        }
        return new ArgumentList(positional, named);
    }

    /// <summary>Parses a filter after its bar.</summary>
    public Filter ParseFilter(Expression? operand)
    {
        Token name = reader.Expect(TokenType.Name, "the name of a filter");
        return new Filter(name.Line, operand, name.Text, reader.Current.IsSymbol("(") ? ParseArguments() : ArgumentList.Empty);
    }

    private bool EndsTuple() => reader.Current.Type is TokenType.BlockEnd or TokenType.VariableEnd
        || reader.Current.IsSymbol(")") || reader.Current.IsSymbol("=") || reader.Current.IsName("in");

    private Expression ParseOr() => ParseLogic("or", () => ParseLogic("and", ParseNot));

    private Expression ParseLogic(string word, Func<Expression> parseOperand)
    {
        Expression first = parseOperand();
        if (!reader.Current.IsName(word))
        {
            return first;
        }
        List<Expression> operands = [first];
        while (reader.TryName(word))
        {
            operands.Add(parseOperand());
        }
        return new Logic(first.Line, operands, word == "and");
    }

    private Expression ParseNot()
    {
        int line = reader.Current.Line;
        if (!reader.Current.IsName("not") || reader.Ahead.IsName("in"))
        {
            return ParseComparison();
        }
        reader.Take();
        reader.Enter();
        Expression operand = ParseNot();
        reader.Leave();
        return new Not(line, operand);
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        while (true)
        {
            Token token = reader.Current;
            if (token.Type == TokenType.Symbol && Array.IndexOf(Comparisons, token.Text) >= 0)
            {
                reader.Take();
                rest.Add((token.Text, ParseSum()));
            }
            else if (reader.TryName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (token.IsName("not") && reader.Ahead.IsName("in"))
            {
                reader.Take();
                reader.Take();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(first.Line, first, rest);
            }
        }
    }

    private Expression ParseSum() => ParseChain(() => ParseChain(ParseProduct, "~"), "+", "-");

    private Expression ParseProduct() => ParseChain(() => ParseChain(() => ParseUnary(withFilters: true), "**"), "*", "/", "//", "%");

    private Expression ParseChain(Func<Expression> parseOperand, params string[] symbols)
    {
        Expression first = parseOperand();
        List<(string, Expression)>? rest = null;
        while (reader.Current.Type == TokenType.Symbol && Array.IndexOf(symbols, reader.Current.Text) >= 0)
        {
            string symbol = reader.Take().Text;
            (rest ??= []).Add((symbol, parseOperand()));
        }
        return rest is null ? first : new Chain(first.Line, first, rest);
    }

    private Expression ParseUnary(bool withFilters)
    {
        int levels = 0;
        int line = reader.Current.Line;
        bool negative = reader.Current.IsSymbol("-");
        Expression value = negative || reader.Current.IsSymbol("+") ? ParseSign(line, negative) : ParsePrimary();
        value = ParsePostfix(value, ref levels);
        while (withFilters)
        {
            if (reader.Current.IsSymbol("("))
            {
                value = new Call(line, value, ParseArguments());
            }
            else if (reader.TrySymbol("|"))
            {
                value = ParseFilter(value);
            }
            else if (reader.TryName("is"))
            {
                value = ParseTest(value);
            }
            else
            {
                break;
            }
            reader.Enter();
            levels++;
        }
        reader.Leave(levels);
        return value;
    }

    private Sign ParseSign(int line, bool negative)
    {
        reader.Take();
        reader.Enter();
        Expression operand = ParseUnary(withFilters: false);
        reader.Leave();
        return new Sign(line, operand, negative);
    }

    private Expression ParsePostfix(Expression value, ref int levels)
    {
        while (true)
        {
            int line = reader.Current.Line;
            if (reader.TrySymbol("."))
            {
                Token name = reader.Take();
                value = name.Type switch
                {
                    TokenType.Name => new Member(line, value, name.Text),
                    TokenType.Integer => new Item(line, value, Number(name)),
                    _ => throw new JinjaException($"expected a name after '.', found {name.Describe()}", line),
                };
            }
            else if (reader.TrySymbol("["))
            {
                value = ParseSubscript(line, value);
            }
            else if (reader.Current.IsSymbol("("))
            {
                value = new Call(line, value, ParseArguments());
            }
            else
            {
                return value;
            }
            reader.Enter();
            levels++;
        }
    }

    private Expression ParseSubscript(int line, Expression target)
    {
        Expression? start = reader.Current.IsSymbol(":") ? null : Parse();
        if (start is not null && reader.TrySymbol("]"))
        {
            return new Item(line, target, start);
        }
        if (reader.Current.IsSymbol(","))
        {
            throw new JinjaException("subscripts of several indexes are not supported", line);
        }
        reader.ExpectSymbol(":");
        Expression? stop = reader.Current.IsSymbol(":") || reader.Current.IsSymbol("]") ? null : Parse();
        Expression? step = reader.TrySymbol(":") && !reader.Current.IsSymbol("]") ? Parse() : null;
        reader.ExpectSymbol("]");
        return new Slice(line, target, start, stop, step);
    }

    private Test ParseTest(Expression operand)
    {
        int line = reader.Current.Line;
        bool negated = reader.TryName("not");
        string name = reader.Expect(TokenType.Name, "the name of a test").Text;
        ArgumentList arguments = ArgumentList.Empty;
        Token next = reader.Current;
        bool literal = next.Type is TokenType.String or TokenType.Integer or TokenType.Float || next.IsSymbol("[") || next.IsSymbol("{");
        if (next.IsSymbol("("))
        {
            arguments = ParseArguments();
        }
        else if (next.IsName("is"))
        {
            throw new JinjaException("tests cannot be chained with 'is'", next.Line);
        }
        else if (literal || (next.Type == TokenType.Name && Array.IndexOf(NoArgument, next.Text) < 0))
        {
            int levels = 0;
            Expression argument = ParsePostfix(ParsePrimary(), ref levels);
            reader.Leave(levels);
            arguments = new ArgumentList([argument], []);
        }
        return new Test(line, operand, name, arguments, negated);
    }

    private Expression ParsePrimary()
    {
        Token token = reader.Take();
        switch (token.Type)
        {
            case TokenType.Name:
                return token.Text switch
                {
                    "true" or "True" => new Literal(token.Line, true),
                    "false" or "False" => new Literal(token.Line, false),
                    "none" or "None" => new Literal(token.Line, null),
                    _ => new Name(token.Line, token.Text),
                };
            case TokenType.String:
                StringBuilder text = new(token.Text);
                while (reader.Current.Type == TokenType.String)
                {
                    text.Append(reader.Take().Text);
                }
                return new Literal(token.Line, new JinjaText(text.ToString(), trusted: true));
            case TokenType.Integer or TokenType.Float:
                return Number(token);
            case TokenType.Symbol when token.Text == "(":
                return ParseParenthesized(token.Line);
            case TokenType.Symbol when token.Text == "[":
                return ParseList(token.Line);
            case TokenType.Symbol when token.Text == "{":
                return ParseMapping(token.Line);
            default:
                throw new JinjaException($"unexpected {token.Describe()}", token.Line);
        }
    }

    private Expression ParseParenthesized(int line)
    {
        if (reader.TrySymbol(")"))
        {
            return new Sequence(line, [], isTuple: true);
        }
        Expression inner = ParseTuple();
        reader.ExpectSymbol(")");
        return inner;
    }

    private Sequence ParseList(int line)
    {
        List<Expression> items = [];
        while (!reader.TrySymbol("]"))
        {
            if (items.Count > 0)
            {
                reader.ExpectSymbol(",");
                if (reader.TrySymbol("]"))
                {
                    break;
                }
            }
            items.Add(Parse());
        }
        return new Sequence(line, items, isTuple: false);
    }

    private Mapping ParseMapping(int line)
    {
        List<(Expression, Expression)> entries = [];
        while (!reader.TrySymbol("}"))
        {
            if (entries.Count > 0)
            {
                reader.ExpectSymbol(",");
                if (reader.TrySymbol("}"))
                {
                    break;
                }
            }
            Expression key = Parse();
            reader.ExpectSymbol(":");
            entries.Add((key, Parse()));
        }
        return new Mapping(line, entries);
    }

    private static Literal Number(Token token)
    {
        if (token.Type == TokenType.Float)
        {
            return new Literal(token.Line, double.Parse(token.Text, CultureInfo.InvariantCulture));
        }
        return long.TryParse(token.Text, CultureInfo.InvariantCulture, out long number)
            ? new Literal(token.Line, number)
            : throw new JinjaException("an integer beyond 64 bits", token.Line);
    }
}
