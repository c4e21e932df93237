using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary>What a value is assigned to: a name, an attribute of a namespace, or several names that it is unpacked into.</summary>
/// <param name="Line">Its line.</param>
/// <param name="Name">The name, or null for several.</param>
/// <param name="Attribute">The attribute of the namespace of that name, or null.</param>
/// <param name="Parts">The several.</param>
internal sealed record Target(int Line, string? Name, string? Attribute, IReadOnlyList<Target> Parts)
{
    /// <summary>Assigns a value.</summary>
    public void Assign(Scope scope, object? value)
    {
        if (Name is null)
        {
            Unpack(scope, value);
        }
        else if (Attribute is null)
        {
            scope.Set(Name, value);
        }
        else if (scope.Get(Name) is JinjaNamespace space)
        {
            space.Attributes[Attribute] = value;
        }
        else
        {
            throw new JinjaException($"cannot assign attribute '{Attribute}' of '{Name}': it is no namespace");
        }
    }

    private void Unpack(Scope scope, object? value)
    {
        IReadOnlyList<object?> values = Operators.Iterate(scope.Rendering, value);
        if (values.Count != Parts.Count)
        {
            throw new JinjaException($"{values.Count} values cannot be unpacked into {Parts.Count} names");
        }
        for (int index = 0; index < values.Count; index++)
        {
            Parts[index].Assign(scope, values[index]);
        }
    }
}
