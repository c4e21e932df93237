namespace Tore.Mesh.Models.Tokenizers.PreTokenizers;

/// <summary>
/// Llama 3, and with one digit a number Qwen 2: <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
/// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal sealed class Llama3PreTokenizer(int digits) : PreTokenizer
{
    /// <inheritdoc/>
    public override int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        int contraction = CharacterClasses.ContractionAt(text, start, ignoreCase: true);
        if (contraction > 0)
        {
            return start + contraction;
        }
        char first = text[start];
        CharacterClass kind = CharacterClasses.At(text, start, out int length);
        if (kind == CharacterClass.Letter)
        {
            return CharacterClasses.EndOfRun(text, start, CharacterClass.Letter);
        }
        if (kind == CharacterClass.Number)
        {
            return CharacterClasses.EndOfRun(text, start, CharacterClass.Number, digits);
        }
        if (first is not ('\r' or '\n') && CharacterClasses.Is(text, start + length, CharacterClass.Letter))
        {
            return CharacterClasses.EndOfRun(text, start + length, CharacterClass.Letter);
        }
        int body = first == ' ' ? start + 1 : start;
        if (CharacterClasses.Is(text, body, CharacterClass.Other))
        {
            int end = CharacterClasses.EndOfRun(text, body, CharacterClass.Other);
            while (end < text.Length && text[end] is ('\r' or '\n'))
            {
                end++;
            }
            return end;
        }
        return EndOfSpace(text, start);
    }

    private static int EndOfSpace(ReadOnlySpan<char> text, int start)
    {
        int end = CharacterClasses.EndOfRun(text, start, CharacterClass.Space);
        int newline = text[start..end].LastIndexOfAny('\r', '\n');
        if (newline >= 0)
        {
            return start + newline + 1;
        }
        return end == text.Length || end - start == 1 ? end : end - 1;
    }
}
