using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Models.Tokenizers.PreTokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Models.Tokenizers;

/// <summary>The scanners against the regular expressions that they stand for.</summary>
public sealed class PreTokenizerTests
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Words = @"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+";

    private static readonly string[] Pieces =
    [
        "a", "B", "foo", "é", "ж", "中", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "1", "22", "333", "4444", "²", "½", "'", "'s", "'LL",
        "'re",
        "’", ".", ",", "!!", "$", "+", "|", "~", "`", "€", "_", "-", "(", "\u0301", "\u200d", "٣", "\u3000", "#", "<", ">",
    ];

    private static readonly Arbitrary<string> Texts = Gen.Elements(Pieces).ListOf().Select(parts => string.Concat(parts)).ToArbitrary();

    [Theory]
    [InlineData("gpt-2", Gpt2)]
    [InlineData("smollm", @"\p{N}", Gpt2)]
    [InlineData("llama-bpe", Words + @"|\p{N}{1,3}" + Rest)]
    [InlineData("qwen2", Words + @"|\p{N}" + Rest)]
    [InlineData("default", @"[\p{P}$+<=>^~|]+", Gpt2, @"\p{N}+", "[0-9][0-9][0-9]")]
    public void EndOfWord_AnyText_CutsAsTheExpressionsDo(string name, params string[] expressions)
    {
        PreTokenizer splitter = PreTokenizerChoice.Find(name).Splitter;
        Prop.ForAll(Texts, text =>
        {
            List<string> expected = [text];
            foreach (string expression in expressions)
            {
                expected = [.. expected.SelectMany(piece => Cut(piece, expression))];
            }
            Assert.Equal(expected.Where(piece => piece.Length > 0), Split(splitter, text));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(30));
    }

    [Fact]
    public void EndOfWord_EveryCodePoint_HasTheClassOfTheExpressions()
    {
        Regex letter = new(@"^\p{L}$", RegexOptions.Compiled);
        Regex number = new(@"^\p{N}$", RegexOptions.Compiled);
        Regex space = new(@"^\s$", RegexOptions.Compiled);
        for (int point = 0; point < 0x10000; point++)
        {
            if (!Rune.IsValid(point))
            {
                continue;
            }
            string text = ((char)point).ToString();
            CharacterClass expected = letter.IsMatch(text) ? CharacterClass.Letter : number.IsMatch(text) ? CharacterClass.Number
                : space.IsMatch(text) || text == "\n" ? CharacterClass.Space : CharacterClass.Other;
            Assert.True(expected == CharacterClasses.At(text, 0, out int length) && length == 1, $"U+{point:X4}");
        }
        Assert.Equal(CharacterClass.Letter, CharacterClasses.At("𝔘", 0, out int two));
        Assert.Equal(2, two);
    }

    [Fact]
    public void Find_UnknownName_ListsTheKnown()
    {
        ToreException error = Assert.Throws<ToreException>(() => PreTokenizerChoice.Find("martian"));
        Assert.Equal(ErrorCodes.UnknownTokenizer, error.Code);
        Assert.Contains("martian", error.Message, StringComparison.Ordinal);
        Assert.Contains("llama-bpe", error.Message, StringComparison.Ordinal);
    }

    private static List<string> Split(PreTokenizer splitter, string text)
    {
        List<string> words = [];
        for (int start = 0; start < text.Length;)
        {
            int end = splitter.EndOfWord(text, start);
            words.Add(text[start..end]);
            start = end;
        }
        return words;
    }

    // Matches and what lies between them, each a piece.
    private static IEnumerable<string> Cut(string text, string expression)
    {
        int done = 0;
        foreach (Match match in Regex.Matches(text, expression, RegexOptions.CultureInvariant))
        {
            yield return text[done..match.Index];
            yield return match.Value;
            done = match.Index + match.Length;
        }
        yield return text[done..];
    }
}
