namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary>A part of a template that has a value.</summary>
internal abstract class Expression(int line)
{
    /// <summary>Its line, from 1.</summary>
    public int Line => line;

    /// <summary>Its value; counts a step.</summary>
    public object? Evaluate(Scope scope)
    {
        scope.Rendering.Step(line);
        return Value(scope);
    }

    /// <summary>Its value.</summary>
    protected abstract object? Value(Scope scope);
}
