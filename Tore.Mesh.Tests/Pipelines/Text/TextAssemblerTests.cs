using System.Text;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Tests.Pipelines.Text;

public sealed class TextAssemblerTests
{
    [Fact]
    public void Push_NoStops_GivesTextAndTokenTogether()
    {
        var assembler = new TextAssembler([]);
        TextDelta delta = assembler.Push(Token(7, "hello"), "hello");
        Assert.Equal("hello", delta.Text);
        Assert.Equal(7, Assert.Single(delta.Tokens).Token.Id);
    }

    [Fact]
    public void Push_HalfACharacter_TokenComesWithoutText()
    {
        var assembler = new TextAssembler(["!"]);
        TextDelta first = assembler.Push(new TextToken(new GeneratedToken(1, 5), new byte[] { 0xc3 }), "");
        TextDelta second = assembler.Push(new TextToken(new GeneratedToken(2, 6), new byte[] { 0xa9 }), "é");
        Assert.Equal("", first.Text);
        Assert.Equal(1, Assert.Single(first.Tokens).Token.Id);
        Assert.Equal("é", second.Text);
        Assert.Equal(2, Assert.Single(second.Tokens).Token.Id);
    }

    [Fact]
    public void Push_PossibleStop_HoldsTokenWithItsText()
    {
        var assembler = new TextAssembler(["END"]);
        Assert.Empty(assembler.Push(Token(1, "E"), "E").Tokens);
        TextDelta released = assembler.Push(Token(2, "at"), "at");
        Assert.Equal("Eat", released.Text);
        Assert.Equal([1, 2], released.Tokens.Select(t => t.Token.Id));
    }

    [Fact]
    public void Push_StopInsideToken_ShowsOnlyThePartBefore()
    {
        var assembler = new TextAssembler(["ND"]);
        TextDelta first = assembler.Push(Token(1, "aN"), "aN");
        Assert.Equal("a", first.Text);
        Assert.Empty(first.Tokens);
        TextDelta second = assembler.Push(Token(2, "Dx"), "Dx");
        Assert.True(assembler.IsStopped);
        Assert.Equal("", second.Text);
        TextToken cut = Assert.Single(second.Tokens);
        Assert.Equal(1, cut.Token.Id);
        Assert.Equal("a", Encoding.UTF8.GetString(cut.Bytes.Span));
    }

    [Fact]
    public void Push_StopAtTokenBorder_HidesThatToken()
    {
        var assembler = new TextAssembler(["."]);
        assembler.Push(Token(1, "word"), "word");
        TextDelta end = assembler.Push(Token(2, ". Next"), ". Next");
        Assert.Equal("", end.Text);
        Assert.Empty(end.Tokens);
    }

    [Fact]
    public void Finish_TextHeldBack_IsShown()
    {
        var assembler = new TextAssembler(["END"]);
        assembler.Push(Token(1, "EN"), "EN");
        TextDelta rest = assembler.Finish();
        Assert.Equal("EN", rest.Text);
        Assert.Single(rest.Tokens);
    }

    private static TextToken Token(int id, string text) => new(new GeneratedToken(id, id), Encoding.UTF8.GetBytes(text));
}
