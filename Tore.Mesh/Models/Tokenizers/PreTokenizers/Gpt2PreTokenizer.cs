namespace Tore.Mesh.Models.Tokenizers.PreTokenizers;

/// <summary>
/// GPT-2: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. Where numbers stand apart (StarCoder,
/// SmolLM), every <c>\p{N}</c> is first cut out alone and the expression sees only the text between numbers.
/// </summary>
internal sealed class Gpt2PreTokenizer(bool numbersApart) : PreTokenizer
{
    /// <inheritdoc/>
    public override int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        int contraction = CharacterClasses.ContractionAt(text, start, ignoreCase: false);
        if (contraction > 0)
        {
            return start + contraction;
        }
        int body = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        CharacterClass kind = CharacterClasses.At(text, body, out int length);
        if (kind == CharacterClass.Number && numbersApart)
        {
            return body > start ? body : body + length;
        }
        return kind == CharacterClass.Space ? EndOfSpace(text, start) : CharacterClasses.EndOfRun(text, body, kind);
    }

    private int EndOfSpace(ReadOnlySpan<char> text, int start)
    {
        int end = CharacterClasses.EndOfRun(text, start, CharacterClass.Space);
        bool atEnd = end == text.Length || (numbersApart && CharacterClasses.Is(text, end, CharacterClass.Number));
        return atEnd || end - start == 1 ? end : end - 1;
    }
}
