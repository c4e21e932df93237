using System.Globalization;

namespace Tore.Mesh.Models.Tokenizers.PreTokenizers;

/// <summary>Reads classes of characters from well-formed UTF-16.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] Basic = MakeBasic();

    /// <summary>Class of the character at an index, and how many UTF-16 units it takes.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int index, out int length)
    {
        char first = text[index];
        if (!char.IsHighSurrogate(first) || index + 1 >= text.Length)
        {
            length = 1;
            return Basic[first];
        }
        length = 2;
        return Of(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(first, text[index + 1])));
    }

    /// <summary>Whether the character at an index exists and is of a class.</summary>
    public static bool Is(ReadOnlySpan<char> text, int index, CharacterClass expected) =>
        index < text.Length && At(text, index, out _) == expected;

    /// <summary>Index after the run of characters of one class that begins at an index; at most so many characters.</summary>
    public static int EndOfRun(ReadOnlySpan<char> text, int index, CharacterClass expected, int atMost = int.MaxValue)
    {
        for (int count = 0; index < text.Length && count < atMost; count++)
        {
            if (At(text, index, out int length) != expected)
            {
                break;
            }
            index += length;
        }
        return index;
    }

    /// <summary>
    /// Length of an English contraction (<c>'s 't 're 've 'm 'll 'd</c>) at an index, or 0. Only ASCII letters count, whatever
    /// else folds to them.
    /// </summary>
    public static int ContractionAt(ReadOnlySpan<char> text, int index, bool ignoreCase)
    {
        if (text[index] != '\'' || index + 1 >= text.Length)
        {
            return 0;
        }
        char first = Fold(text[index + 1], ignoreCase);
        if (first is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }
        char second = index + 2 < text.Length ? Fold(text[index + 2], ignoreCase) : '\0';
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static char Fold(char value, bool ignoreCase) => ignoreCase && char.IsAsciiLetterUpper(value) ? (char)(value | 0x20) : value;

    private static CharacterClass[] MakeBasic()
    {
        CharacterClass[] table = new CharacterClass[65_536];
        for (int value = 0; value < table.Length; value++)
        {
            table[value] = char.IsWhiteSpace((char)value) ? CharacterClass.Space : Of(CharUnicodeInfo.GetUnicodeCategory((char)value));
        }
        return table;
    }

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => CharacterClass.Other,
    };
}
