using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Tests.Models.Tokenizers;

public sealed class StreamDecoderTests
{
    private static readonly ITokenizer Bytes = TokenizerFactory.Make(VocabularyBuilder.Bpe("gpt-2", ["a b"], "<end>"));
    private static readonly ITokenizer Spm = TokenizerFactory.Make(VocabularyBuilder.SentencePiece(true, "▁", "▁a", "a"));

    [Fact]
    public void Push_ByteByByte_GivesWholeCharactersOnly()
    {
        const string Text = "aé中😀\u0000👩‍👩‍👧x";
        StreamDecoder decoder = new(Bytes, atStart: true);
        StringBuilder all = new();
        foreach (byte value in Encoding.UTF8.GetBytes(Text))
        {
            string piece = decoder.Push(value);
            Assert.DoesNotContain('\uFFFD', piece);
            Assert.All(piece.EnumerateRunes(), rune => Assert.NotEqual(Rune.ReplacementChar, rune));
            all.Append(piece);
        }
        Assert.Equal("", decoder.Finish());
        Assert.Equal(Text, all.ToString());
    }

    [Fact]
    public void Push_AnyBytes_EqualsDecodingThemAtOnce() =>
        Prop.ForAll<byte[]>(bytes => Assert.Equal(
            Encoding.UTF8.GetString(bytes), StreamDecoder.Decode(Bytes, bytes.Select(value => (int)value), atStart: true)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void Finish_HalfACharacter_IsAReplacementCharacter()
    {
        StreamDecoder decoder = new(Bytes, atStart: true);
        Assert.Equal("", decoder.Push(0xF0) + decoder.Push(0x9F) + decoder.Push(0x98));
        Assert.Equal("\uFFFD", decoder.Finish());
        Assert.Equal("\uFFFDa", new StreamDecoder(Bytes, true).Push(0xFF) + new StreamDecoder(Bytes, true).Push('a'));
    }

    [Fact]
    public void Push_ControlToken_IsSilentUnlessShown()
    {
        int end = Bytes.VocabularySize - 1;
        Assert.Equal("", new StreamDecoder(Bytes, true).Push(end));
        Assert.Equal("<end>", new StreamDecoder(Bytes, true, showControl: true).Push(end));
    }

    [Fact]
    public void Push_SpacePrefix_DropsOneSpaceOfTheFirstTextOnly()
    {
        List<int> ids = Spm.Encode("a a", addSpecial: true);
        Assert.Equal("a a", StreamDecoder.Decode(Spm, ids, atStart: true));
        Assert.Equal(" a a", StreamDecoder.Decode(Spm, ids, atStart: false));
        Assert.Equal(" a", StreamDecoder.Decode(Spm, Spm.Encode(" a"), atStart: true));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Push_IdOutOfRange_IsRefused(int id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamDecoder(Bytes, true).Push(id));
}
