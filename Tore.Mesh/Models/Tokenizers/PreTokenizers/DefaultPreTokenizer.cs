using System.Globalization;

namespace Tore.Mesh.Models.Tokenizers.PreTokenizers;

/// <summary>
/// What llama.cpp does for files that name no pre-tokenizer. Four expressions, each within the pieces of the one before:
/// <c>[\p{P}$+&lt;=&gt;^~|]+</c>, GPT-2's, <c>\p{N}+</c>, <c>[0-9][0-9][0-9]</c>.
/// </summary>
internal sealed class DefaultPreTokenizer : PreTokenizer
{
    /// <inheritdoc/>
    public override int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        if (IsPunctuation(text, start, out _))
        {
            return EndOfPunctuation(text, start, punctuation: true);
        }
        bool space = text[start] == ' ' && start + 1 < text.Length && !IsPunctuation(text, start + 1, out _);
        int body = space ? start + 1 : start;
        CharacterClass kind = CharacterClasses.At(text, body, out _);
        return kind switch
        {
            CharacterClass.Letter => CharacterClasses.EndOfRun(text, body, CharacterClass.Letter),
            CharacterClass.Number => body > start ? body : EndOfNumber(text, body),
            CharacterClass.Other => EndOfPunctuation(text, body, punctuation: false),
            _ => EndOfSpace(text, start),
        };
    }

    private static int EndOfSpace(ReadOnlySpan<char> text, int start)
    {
        int end = CharacterClasses.EndOfRun(text, start, CharacterClass.Space);
        return end == text.Length || end - start == 1 || IsPunctuation(text, end, out _) ? end : end - 1;
    }

    private static int EndOfNumber(ReadOnlySpan<char> text, int start)
    {
        int end = CharacterClasses.EndOfRun(text, start, CharacterClass.Number);
        int digits = 0;
        for (int index = start; index < end; index++)
        {
            digits = char.IsAsciiDigit(text[index]) ? digits + 1 : 0;
            if (digits == 3)
            {
                return index - 2 > start ? index - 2 : start + 3;
            }
        }
        return end;
    }

    private static int EndOfPunctuation(ReadOnlySpan<char> text, int index, bool punctuation)
    {
        while (index < text.Length && CharacterClasses.At(text, index, out _) == CharacterClass.Other
            && IsPunctuation(text, index, out int length) == punctuation)
        {
            index += length;
        }
        return index;
    }

    private static bool IsPunctuation(ReadOnlySpan<char> text, int index, out int length)
    {
        char first = text[index];
        length = char.IsHighSurrogate(first) && index + 1 < text.Length ? 2 : 1;
        if (first is '$' or '+' or '<' or '=' or '>' or '^' or '~' or '|')
        {
            return true;
        }
        int point = length == 2 ? char.ConvertToUtf32(first, text[index + 1]) : first;
        return CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
            or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
            or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;
    }
}
