namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>Something that can be called: a function, a method bound to its value, a macro.</summary>
internal sealed record JinjaCallable(string Name, Func<Rendering, Arguments, object?> Call);
