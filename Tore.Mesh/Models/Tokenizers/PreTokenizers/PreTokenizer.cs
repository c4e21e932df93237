namespace Tore.Mesh.Models.Tokenizers.PreTokenizers;

/// <summary>
/// Cuts text into the words within which byte-level BPE merges. Each kind gives what its published regular expression gives,
/// but by one forward scan: time is linear whatever the text.
/// </summary>
internal abstract class PreTokenizer
{
    /// <summary>Index after the word that begins at <paramref name="start"/>, always beyond it; the text is well-formed UTF-16.</summary>
    public abstract int EndOfWord(ReadOnlySpan<char> text, int start);
}
