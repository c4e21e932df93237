using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Models.Tokenizers;

public sealed class HostileVocabularyTests
{
    private static readonly VocabularyData Spm = VocabularyBuilder.SentencePiece(bytes: true, "▁", "a", "b", "ab");
    private static readonly VocabularyData Bpe = VocabularyBuilder.Bpe("gpt-2", ["a b", "ab a"], "<end>");

    public static TheoryData<string, string> Faults => new()
    {
        { "empty", ErrorCodes.ModelMalformed },
        { "kinds too short", ErrorCodes.ModelMalformed },
        { "scores too long", ErrorCodes.ModelMalformed },
        { "no scores", ErrorCodes.ModelMalformed },
        { "unknown kind", ErrorCodes.ModelMalformed },
        { "bos out of range", ErrorCodes.ModelMalformed },
        { "eos negative", ErrorCodes.ModelMalformed },
        { "eot out of range", ErrorCodes.ModelMalformed },
        { "score NaN", ErrorCodes.ModelBadValue },
        { "byte token without a byte", ErrorCodes.ModelMalformed },
        { "merge without space", ErrorCodes.ModelMalformed },
        { "merge without right part", ErrorCodes.ModelMalformed },
        { "empty merge", ErrorCodes.ModelMalformed },
        { "endless special token", ErrorCodes.ModelLimit },
        { "unknown model", ErrorCodes.UnknownTokenizer },
        { "unknown pre-tokenizer", ErrorCodes.UnknownTokenizer },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Make_BadVocabulary_IsAClearError(string fault, string code)
    {
        VocabularyData data = fault switch
        {
            "empty" => Spm with { Tokens = [], Kinds = [], Scores = [] },
            "kinds too short" => Spm with { Kinds = [1, 1] },
            "scores too long" => Spm with { Scores = [.. Spm.Scores!, 0f] },
            "no scores" => Spm with { Scores = null },
            "unknown kind" => Spm with { Kinds = [.. Spm.Kinds!.Skip(1), 99] },
            "bos out of range" => Spm with { BosId = Spm.Tokens.Count },
            "eos negative" => Spm with { EosId = -1 },
            "eot out of range" => Bpe with { EotId = uint.MaxValue },
            "score NaN" => Spm with { Scores = [.. Spm.Scores!.Skip(1), float.NaN] },
            "byte token without a byte" => Spm with { Kinds = [.. Spm.Kinds!.SkipLast(1), 6] },
            "merge without space" => Bpe with { Merges = ["a b", "ab"] },
            "merge without right part" => Bpe with { Merges = ["a "] },
            "empty merge" => Bpe with { Merges = [""] },
            "endless special token" => Bpe with { Tokens = [.. Bpe.Tokens.SkipLast(1), new string('x', 5_000)] },
            "unknown model" => Bpe with { Model = "rwkv\n\u0007" + new string('x', 10_000) },
            _ => Bpe with { PreTokenizer = "martian" },
        };
        ToreException error = Assert.Throws<ToreException>(() => TokenizerFactory.Make(data));
        Assert.Equal(code, error.Code);
        Assert.InRange(error.Message.Length, 20, 600);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Encode_DuplicateTokens_GivesTheLowestId()
    {
        ITokenizer tokenizer = TokenizerFactory.Make(VocabularyBuilder.SentencePiece(true, "▁", "a", "a", "▁a", "▁a"));
        Assert.Equal([tokenizer.VocabularySize - 2], tokenizer.Encode("a"));
    }

    [Fact]
    public void Encode_PlainTextThatSpellsAControlToken_NeverGivesIt()
    {
        // Every step of the merges towards "</s>" is a token; the control token itself must not be reached from plain text.
        ITokenizer spm = TokenizerFactory.Make(
            VocabularyBuilder.SentencePiece(true, "</s", "</", "s>", "<", "/", "s", ">") with { AddSpacePrefix = false });
        Assert.DoesNotContain(2, spm.Encode("</s>"));
        Assert.Equal([2], spm.Encode("</s>", parseSpecial: true));

        ITokenizer bpe = TokenizerFactory.Make(VocabularyBuilder.Bpe("llama-bpe", ["e n", "en d"], "end") with
        {
            Tokens =
            [.. VocabularyBuilder.Bpe("llama-bpe", ["e n"]).Tokens, "unused", "end"]
        });
        int control = bpe.VocabularySize - 1;
        Assert.DoesNotContain(control, bpe.Encode("end"));
        Assert.Equal([control], bpe.Encode("end", parseSpecial: true));
    }

    [Fact]
    public void Encode_MissingBytes_GivesTheUnknownTokenOrNothing()
    {
        ITokenizer spm = TokenizerFactory.Make(VocabularyBuilder.SentencePiece(false, "▁", "a"));
        Assert.Equal([3, 4, 0, 4], spm.Encode("aéa"));

        VocabularyData all = VocabularyBuilder.Bpe("gpt-2", []);
        ITokenizer bpe = TokenizerFactory.Make(all with { Tokens = [.. all.Tokens.Select(text => text == "a" ? "zz" : text)] });
        Assert.Equal(['b', 'b'], bpe.Encode("bab").Select(id => (char)bpe.BytesOf(id).Span[0]));
    }

    [Fact]
    public void Encode_MergesThatMakeNoToken_GiveTheirBytes()
    {
        VocabularyData data = VocabularyBuilder.Bpe("gpt-2", []) with { Merges = ["a b", "ab ab"] };
        Assert.Equal("abab".Select(value => (int)value), TokenizerFactory.Make(data).Encode("abab"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("<")]
    [InlineData("ab")]
    [InlineData("\n")]
    public void Encode_HundredKilobytesOfOneText_ComesBackWhole(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 100_000 / unit.Length));
        string[] doubling = [.. Enumerable.Range(0, 12).Select(power => $"{new string('a', 1 << power)} {new string('a', 1 << power)}")];
        ITokenizer[] tokenizers =
        [
            TokenizerFactory.Make(Spm with { AddSpacePrefix = false }),
            TokenizerFactory.Make(VocabularyBuilder.Bpe("gpt-2", doubling, new string('<', 500))),
            TokenizerFactory.Make(VocabularyBuilder.Bpe("qwen2", ["a b", "ab ab"], "<end>")),
        ];
        foreach (ITokenizer tokenizer in tokenizers)
        {
            List<int> ids = tokenizer.Encode(text, parseSpecial: true);
            Assert.Equal(text, StreamDecoder.Decode(tokenizer, ids, atStart: true, showControl: true));
        }
    }
}
