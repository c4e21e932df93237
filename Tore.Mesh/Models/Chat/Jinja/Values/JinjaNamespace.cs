namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>What <c>namespace()</c> gives: attributes that can be set from inside a loop.</summary>
internal sealed class JinjaNamespace
{
    /// <summary>The attributes.</summary>
    public Dictionary<string, object?> Attributes { get; } = [];
}
