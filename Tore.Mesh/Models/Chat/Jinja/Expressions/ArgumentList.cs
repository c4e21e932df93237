namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary>The arguments of a call, filter or test, as written.</summary>
internal sealed record ArgumentList(IReadOnlyList<Expression> Positional, IReadOnlyList<KeyValuePair<string, Expression>> Named)
{
    /// <summary>No arguments.</summary>
    public static ArgumentList Empty { get; } = new([], []);

    /// <summary>Their values.</summary>
    public Arguments Evaluate(Scope scope)
    {
        object?[] values = new object?[Positional.Count];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = Positional[index].Evaluate(scope);
        }
        KeyValuePair<string, object?>[] named = new KeyValuePair<string, object?>[Named.Count];
        for (int index = 0; index < named.Length; index++)
        {
            named[index] = new KeyValuePair<string, object?>(Named[index].Key, Named[index].Value.Evaluate(scope));
        }
        return new Arguments(values, named);
    }
}
