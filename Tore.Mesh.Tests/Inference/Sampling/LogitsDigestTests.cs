using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Inference.Sampling;

public sealed unsafe class LogitsDigestTests
{
    [Fact]
    public void Current_TwoRows_IsTheDigestOfTheirLittleEndianBytes()
    {
        float[] rows = [1f, -2f, 0.5f, -0f];
        using LogitsDigest digest = new();
        Assert.Equal(Digest.Of([]), digest.Current());
        fixed (float* row = rows)
        {
            digest.Append(row, 2);
            digest.Append(row + 2, 2);
        }
        Assert.Equal(Digest.Of(Convert.FromHexString("0000803F000000C00000003F00000080")), digest.Current());
    }
}
