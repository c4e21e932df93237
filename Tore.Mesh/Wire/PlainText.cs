using System.Buffers;

namespace Tore.Mesh.Wire;

/// <summary>
/// Text of a peer's choosing ends up in logs and on terminals: what would move the cursor, begin another line, name the window or turn
/// the writing round is replaced as it is read, so that nobody behind the wire has to think of it.
/// </summary>
internal static class PlainText
{
    /// <summary>C0, DEL, C1, line and paragraph separators, and the marks that embed, override or isolate a direction.</summary>
    private static readonly SearchValues<char> Unfit = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Select(c => (char)c), .. Enumerable.Range(0x7f, 0x21).Select(c => (char)c),
        '\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069',
    ]);

    /// <summary>The text with each such character replaced by U+FFFD; mostly the text itself.</summary>
    public static string Of(string text) => text.AsSpan().ContainsAny(Unfit)
        ? string.Create(text.Length, text, static (span, source) =>
        {
            source.CopyTo(span);
            span.ReplaceAny(Unfit, '\ufffd');
        })
        : text;
}
