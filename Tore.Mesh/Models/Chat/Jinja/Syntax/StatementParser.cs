using Tore.Mesh.Models.Chat.Jinja.Expressions;
using Tore.Mesh.Models.Chat.Jinja.Statements;

namespace Tore.Mesh.Models.Chat.Jinja.Syntax;

/// <summary>Parses a template: text, expressions and tags.</summary>
internal sealed class StatementParser
{
    private readonly TokenReader _reader;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private StatementParser(TokenReader reader)
    {
        _reader = reader;
        _expressions = new ExpressionParser(reader);
    }

    /// <summary>Parses the source of a template.</summary>
    /// <exception cref="JinjaException">What is wrong or not supported, and the line.</exception>
    public static Block Parse(string source)
    {
        StatementParser parser = new(new TokenReader(Lexer.Read(source)));
        return parser.ParseBody(1);
    }

    // Everything up to a tag of one of these names, which is left at its name; without names, up to the end.
    private Block ParseBody(int line, params ReadOnlySpan<string> ends)
    {
        _reader.Enter();
        List<Statement> statements = [];
        while (true)
        {
            Token token = _reader.Take();
            switch (token.Type)
            {
                case TokenType.Data:
                    statements.Add(new Data(token.Line, token.Text));
                    break;
                case TokenType.VariableBegin:
                    statements.Add(new Print(token.Line, _expressions.ParseTuple()));
                    _reader.Expect(TokenType.VariableEnd, "the end of the expression");
                    break;
                case TokenType.BlockBegin when _reader.Current.Type == TokenType.Name && ends.Contains(_reader.Current.Text):
                    _reader.Leave();
                    return new Block(line, statements);
                case TokenType.BlockBegin:
                    statements.Add(ParseTag());
                    break;
                case TokenType.End when ends.Length == 0:
                    _reader.Leave();
                    return new Block(line, statements);
                default:
                    throw new JinjaException($"the block that begins at line {line} does not end with '{ends[^1]}'", token.Line);
            }
        }
    }

    private Statement ParseTag()
    {
        Token tag = _reader.Expect(TokenType.Name, "the name of a tag");
        switch (tag.Text)
        {
            case "if":
                return ParseIf(tag.Line);
            case "for":
                return ParseFor(tag.Line);
            case "set":
                return ParseSet(tag.Line);
            case "macro":
                return ParseMacro(tag.Line);
            case "call":
                return ParseCall(tag.Line);
            case "filter":
                return ParseFilterBlock(tag.Line);
            case "with":
                return ParseWith(tag.Line);
            case "generation":
                EndTag();
                return ParseBodyOf(tag, "endgeneration");
            case "break" or "continue" when _loops > 0:
                EndTag();
                return new Jump(tag.Line, tag.Text == "break" ? Flow.Break : Flow.Continue);
            default:
                throw new JinjaException($"the tag '{Tokenizers.Excerpt.Of(tag.Text)}' is not supported here", tag.Line);
        }
    }

    private void EndTag() => _reader.Expect(TokenType.BlockEnd, "the end of the tag");

    private Block ParseBodyOf(Token tag, string end)
    {
        Block body = ParseBody(tag.Line, end);
        _reader.Take();
        EndTag();
        return body;
    }

    private If ParseIf(int line)
    {
        List<(Expression?, Block)> branches = [];
        Expression? condition = _expressions.ParseTuple();
        while (true)
        {
            EndTag();
            Block body = condition is null
                ? ParseBody(line, "endif")
                : ParseBody(line, "elif", "else", "endif");
            branches.Add((condition, body));
            string end = _reader.Take().Text;
            if (end == "endif")
            {
                EndTag();
                return new If(line, branches);
            }
            condition = end == "elif" ? _expressions.ParseTuple() : null;
        }
    }

    private For ParseFor(int line)
    {
        Target target = ParseTarget(withAttributes: false);
        if (!_reader.TryName("in"))
        {
            throw new JinjaException($"expected 'in', found {_reader.Current.Describe()}", _reader.Current.Line);
        }
        Expression items = _expressions.ParseTuple(allowInlineIf: false);
        Expression? condition = _reader.TryName("if") ? _expressions.Parse() : null;
        bool recursive = _reader.TryName("recursive");
        EndTag();
        _loops++;
        Block body = ParseBody(line, "else", "endfor");
        _loops--;
        Block? otherwise = null;
        if (_reader.Take().Text == "else")
        {
            EndTag();
            otherwise = ParseBody(line, "endfor");
            _reader.Take();
        }
        EndTag();
        return new For(line, target, items, condition, recursive, body, otherwise);
    }

    private Statement ParseSet(int line)
    {
        Target target = ParseTarget(withAttributes: true);
        if (_reader.TrySymbol("="))
        {
            Expression value = _expressions.ParseTuple();
            EndTag();
            return new SetValue(line, target, value);
        }
        List<Filter> filters = [];
        while (_reader.TrySymbol("|"))
        {
            filters.Add(_expressions.ParseFilter(null));
        }
        EndTag();
        return new Captured(line, target, filters, ParseClosed(line, "endset"));
    }

    private Captured ParseFilterBlock(int line)
    {
        List<Filter> filters = [];
        do
        {
            filters.Add(_expressions.ParseFilter(null));
        }
        while (_reader.TrySymbol("|"));
        EndTag();
        return new Captured(line, null, filters, ParseClosed(line, "endfilter"));
    }

    private Macro ParseMacro(int line)
    {
        string name = _reader.Expect(TokenType.Name, "the name of the macro").Text;
        List<(string, Expression?)> parameters = ParseParameters();
        EndTag();
        return new Macro(line, name, parameters, ParseClosed(line, "endmacro"));
    }

    private CallBlock ParseCall(int line)
    {
        List<(string, Expression?)> parameters = _reader.Current.IsSymbol("(") ? ParseParameters() : [];
        if (_expressions.Parse() is not Call call)
        {
            throw new JinjaException("a call block needs a call", line);
        }
        EndTag();
        return new CallBlock(line, new Macro(line, "caller", parameters, ParseClosed(line, "endcall")), call);
    }

    private With ParseWith(int line)
    {
        List<(Target, Expression)> variables = [];
        while (_reader.Current.Type != TokenType.BlockEnd)
        {
            if (variables.Count > 0)
            {
                _reader.ExpectSymbol(",");
            }
            Target target = ParseTargetPart(withAttributes: false);
            _reader.ExpectSymbol("=");
            variables.Add((target, _expressions.Parse()));
        }
        EndTag();
        return new With(line, variables, ParseClosed(line, "endwith"));
    }

    // The body of a tag that no break or continue inside can leave.
    private Block ParseClosed(int line, string end)
    {
        int loops = _loops;
        _loops = 0;
        Block body = ParseBody(line, end);
        _loops = loops;
        _reader.Take();
        EndTag();
        return body;
    }

    private List<(string, Expression?)> ParseParameters()
    {
        List<(string, Expression?)> parameters = [];
        _reader.ExpectSymbol("(");
        while (!_reader.TrySymbol(")"))
        {
            if (parameters.Count > 0)
            {
                _reader.ExpectSymbol(",");
            }
            string name = _reader.Expect(TokenType.Name, "the name of a parameter").Text;
            parameters.Add((name, _reader.TrySymbol("=") ? _expressions.Parse() : null));
        }
        return parameters;
    }

    private Target ParseTarget(bool withAttributes)
    {
        Target first = ParseTargetPart(withAttributes);
        if (!_reader.Current.IsSymbol(","))
        {
            return first;
        }
        List<Target> parts = [first];
        while (_reader.TrySymbol(","))
        {
            if (_reader.Current.IsName("in") || _reader.Current.IsSymbol("=") || _reader.Current.IsSymbol(")"))
            {
                break;
            }
            parts.Add(ParseTargetPart(withAttributes));
        }
        return new Target(first.Line, null, null, parts);
    }

    private Target ParseTargetPart(bool withAttributes)
    {
        if (_reader.TrySymbol("("))
        {
            _reader.Enter();
            Target inner = ParseTarget(withAttributes);
            _reader.Leave();
            _reader.ExpectSymbol(")");
            return inner;
        }
        Token name = _reader.Expect(TokenType.Name, "a name to assign to");
        string? attribute = withAttributes && _reader.TrySymbol(".") ? _reader.Expect(TokenType.Name, "an attribute").Text : null;
        return new Target(name.Line, name.Text, attribute, []);
    }
}
