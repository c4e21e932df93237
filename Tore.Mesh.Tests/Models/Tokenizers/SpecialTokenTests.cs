using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Tests.Models.Tokenizers;

public sealed class SpecialTokenTests
{
    private static readonly VocabularyData Data = VocabularyBuilder.Bpe("gpt-2", [], "<a>", "<a><b>", "<c>", "<tool>");
    private static readonly ITokenizer Tokenizer = TokenizerFactory.Make(Data with { Kinds = [.. Data.Kinds!.SkipLast(1), 4] });

    [Theory]
    [InlineData("<a><b>", "1")]
    [InlineData("<a><b", "0 < b")]
    [InlineData("x<a>y<c>", "x 0 y 2")]
    [InlineData("<<a>>", "< 0 >")]
    [InlineData("<tool>", "3")]
    public void Encode_SpecialTokensParsed_TakesTheLongest(string text, string expected) =>
        Assert.Equal(expected, Show(Tokenizer.Encode(text, parseSpecial: true)));

    [Theory]
    [InlineData("<a>", "< a >")]
    [InlineData("<tool><c>", "3 < c >")]
    public void Encode_PlainText_HasOnlyUserDefinedTokens(string text, string expected) =>
        Assert.Equal(expected, Show(Tokenizer.Encode(text)));

    [Theory]
    [InlineData("<a>", "-<a>", "<c>", "0 - < a > 2")]
    [InlineData("<", "a>", "", "< a >")]
    [InlineData("<a", ">", "<c>", "< a > 2")]
    [InlineData("x", "<tool>", "y", "x 3 y")]
    [InlineData("<a>", "<b>", "", "0 < b >")]
    public void EncodePrompt_Segments_ParsesTrustedTextOnly(string before, string content, string after, string expected)
    {
        List<int> ids = [];
        Tokenizer.EncodePrompt([new(before, true), new(content, false), new(after, true)], ids);
        Assert.Equal(expected, Show(ids));
    }

    [Fact]
    public void EncodePrompt_NeighbouringTrustedSegments_AreOneText()
    {
        List<int> ids = [];
        Tokenizer.EncodePrompt([new("<a", true), new("", false), new("><", true), new("c>", true)], ids);
        Assert.Equal("0 2", Show(ids));
    }

    [Fact]
    public void EncodePrompt_SegmentBorders_LeaveNoTrace()
    {
        ITokenizer tokenizer = TokenizerFactory.Make(VocabularyBuilder.Bpe("gpt-2", ["a b", "ab c"]));
        List<int> ids = [];
        tokenizer.EncodePrompt([new("a", true), new("b", false), new("c", true)], ids);
        Assert.Equal(tokenizer.Encode("abc"), ids);
    }

    [Fact]
    public void Encode_UnpairedSurrogates_BecomeReplacementCharacters()
    {
        Assert.Equal(Tokenizer.Encode("a\uFFFDb"), Tokenizer.Encode("a\uD83Db"));
        Assert.Equal(Tokenizer.Encode("\uFFFD\uFFFD"), Tokenizer.Encode("\uDE00\uD83D"));
        Assert.Equal("😀", StreamDecoder.Decode(Tokenizer, Tokenizer.Encode("😀"), atStart: true));
    }

    [Fact]
    public void Encode_Phi3_SwallowsSpaceAfterSpecialTokens()
    {
        ITokenizer phi = TokenizerFactory.Make(Data with { ModelName = "phi-3 mini" });
        Assert.Equal("0 x", Show(phi.Encode("<a> \n x", parseSpecial: true)));
    }

    private static string Show(List<int> ids) => string.Join(' ', ids.Select(id => id < 256
        ? ((char)Tokenizer.BytesOf(id).Span[0]).ToString()
        : $"{id - 256}"));
}
