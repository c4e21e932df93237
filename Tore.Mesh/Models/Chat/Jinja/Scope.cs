using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>Variables by name: those of a block, and behind them those of the blocks around it.</summary>
internal sealed class Scope(Rendering rendering, Scope? outer)
{
    private readonly Dictionary<string, object?> _variables = [];

    /// <summary>The run that the scope belongs to.</summary>
    public Rendering Rendering => rendering;

    /// <summary>Sets a variable of this block.</summary>
    public void Set(string name, object? value) => _variables[name] = value;

    /// <summary>Gets a variable of this or an outer block.</summary>
    public object? Get(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables.TryGetValue(name, out object? value))
            {
                return value;
            }
        }
        return new JinjaUndefined($"'{name}' is undefined");
    }

    /// <summary>A block within this one.</summary>
    public Scope Inner() => new(rendering, this);

    private Scope? Outer => outer;
}
