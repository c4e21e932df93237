using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Primitives;

public sealed class LayerRangeTests
{
    [Theory]
    [InlineData(8, 3, "0-2 3-5 6-7")]
    [InlineData(5, 5, "0-0 1-1 2-2 3-3 4-4")]
    [InlineData(30, 1, "0-29")]
    public void Split_AnyParts_CoversEveryLayerOnce(int layers, int parts, string expected) =>
        Assert.Equal(expected, string.Join(' ', LayerRange.Split(layers, parts)));

    [Theory]
    [InlineData("3-7", true)]
    [InlineData("3", true)]
    [InlineData("7-3", false)]
    [InlineData("-3", false)]
    [InlineData("1-2-3", false)]
    [InlineData(" 1-2", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void TryParse_Text_AcceptsOnlyRanges(string? text, bool valid) => Assert.Equal(valid, LayerRange.TryParse(text, out _));
}
