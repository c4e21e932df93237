namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>
/// A template that cannot be read or rendered, and why. It stays inside the renderer, which adds the line and turns it into a
/// <see cref="Primitives.ToreException"/>.
/// </summary>
internal sealed class JinjaException : Exception
{
    /// <summary>Makes the error; line 0 is the line that is being rendered.</summary>
    public JinjaException(string message, int line = 0)
        : base(message) => Line = line;

    /// <summary>Line of the template, from 1; 0 where only the renderer knows it.</summary>
    public int Line { get; }
}
