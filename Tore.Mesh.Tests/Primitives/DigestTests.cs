using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Primitives;

public sealed class DigestTests
{
    [Fact]
    public void Of_Abc_IsTheFips180Vector() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Digest.Of("abc"u8).ToHex());

    [Theory]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", true)]
    [InlineData("BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", true)]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a", false)]
    [InlineData("zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", false)]
    public void TryParse_Text_AcceptsOnlySixtyFourHexDigits(string text, bool valid)
    {
        Assert.Equal(valid, Digest.TryParse(text, out Digest digest));
        Assert.Equal(valid, digest == Digest.Of("abc"u8));
    }
}
