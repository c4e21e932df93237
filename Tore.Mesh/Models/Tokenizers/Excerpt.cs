namespace Tore.Mesh.Models.Tokenizers;

/// <summary>Words of a file made fit for a message: short, on one line.</summary>
internal static class Excerpt
{
    private const int Longest = 80;

    /// <summary>The text, cut to 80 characters, control characters as U+FFFD.</summary>
    public static string Of(string? text)
    {
        ReadOnlySpan<char> all = text;
        string cut = new(all[..Math.Min(all.Length, Longest)]);
        string shown = string.Create(cut.Length, cut, static (span, source) =>
        {
            for (int index = 0; index < span.Length; index++)
            {
                span[index] = char.IsControl(source[index]) || char.IsSurrogate(source[index]) ? '\uFFFD' : source[index];
            }
        });
        return all.Length > Longest ? shown + "…" : shown;
    }
}
