using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>Text by code points, as Python indexes it; .NET's strings count UTF-16 units.</summary>
internal static class CodePoints
{
    /// <summary>Each character as a text.</summary>
    public static IReadOnlyList<object?> Split(JinjaText text)
    {
        List<object?> items = new(text.Value.Length);
        for (int index = 0; index < text.Value.Length;)
        {
            int length = LengthAt(text.Value, index);
            items.Add(text.Slice(index, length));
            index += length;
        }
        return items;
    }

    /// <summary>UTF-16 index of each code point.</summary>
    public static int[] Starts(JinjaText text)
    {
        List<int> starts = new(text.Value.Length);
        for (int index = 0; index < text.Value.Length; index += LengthAt(text.Value, index))
        {
            starts.Add(index);
        }
        return [.. starts];
    }

    /// <summary>UTF-16 units of the code point at an index.</summary>
    public static int LengthAt(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    /// <summary>The index of a code point for a UTF-16 index.</summary>
    public static long PointIndex(JinjaText text, int index) => text.HasSurrogates ? text.Slice(0, index).PointCount : index;

    /// <summary>Python's white space, which has four control characters more than .NET's.</summary>
    public static bool IsSpace(char value) => char.IsWhiteSpace(value) || value is >= '\u001c' and <= '\u001f';
}
