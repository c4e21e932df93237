namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary>A part of a template that does something.</summary>
internal abstract class Statement(int line)
{
    /// <summary>Its line, from 1.</summary>
    public int Line => line;

    /// <summary>Does it; counts a step.</summary>
    public Flow Execute(Scope scope)
    {
        scope.Rendering.Step(line);
        return Run(scope);
    }

    /// <summary>Does it.</summary>
    protected abstract Flow Run(Scope scope);
}
