using System.Buffers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Identity;

/// <summary>
/// What a private mesh may be called. Names are for people and for files: letters, digits, dash, dot and underscore of ASCII, told
/// apart without regard to case. They prove nothing; the fingerprint says which mesh it is.
/// </summary>
public static class MeshName
{
    /// <summary>Longest name.</summary>
    public const int MaxCharacters = 32;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>Meshes without a secret, which no private one may be mistaken for.</summary>
    private static readonly string[] Reserved = [MeshSecret.Local.Name, MeshSecret.Open.Name];

    /// <summary>Whether two names are one.</summary>
    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>What is wrong with a name, as a sentence; null when nothing is.</summary>
    public static string? ProblemOf(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxCharacters || name.AsSpan().ContainsAnyExcept(Allowed)
            || !char.IsAsciiLetterOrDigit(name[0]) || name[^1] == '.')
        {
            return $"'{name}' cannot be the name of a mesh: take 1 to {MaxCharacters} letters, digits, dashes, dots or underscores "
                + "(ASCII), a letter or digit first, such as 'home' or 'lab-2'.";
        }
        return Reserved.Contains(name, Comparer)
            ? $"'{name}' is the name of a mesh without a secret; choose another for a private one."
            : null;
    }

    /// <summary>Throws <c>invalid_request</c> unless the name will do.</summary>
    public static void ThrowIfInvalid(string? name)
    {
        if (ProblemOf(name) is { } problem)
        {
            throw new ToreException(ErrorCodes.InvalidRequest, problem);
        }
    }
}
