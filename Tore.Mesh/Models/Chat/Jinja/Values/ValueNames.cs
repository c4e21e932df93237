namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>Names of types for messages, as Python calls them.</summary>
internal static class ValueNames
{
    /// <summary>The name of a value's type.</summary>
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long => "int",
        double => "float",
        JinjaText => "str",
        JinjaList { IsTuple: true } => "tuple",
        JinjaList => "list",
        JinjaDict => "dict",
        JinjaUndefined => "Undefined",
        JinjaNamespace => "Namespace",
        JinjaLoop => "LoopContext",
        _ => "function",
    };
}
