using Tore.Mesh.Inference.Sampling;

namespace Tore.Mesh.Tests.Inference.Sampling;

public sealed class CounterGeneratorTests
{
    // The known answers published with Random123 (kat_vectors, philox4x32 10).
    [Theory]
    [InlineData(0UL, 0u, 0u, 0u, 0u, 0x6627E8D5u, 0xE169C58Du, 0xBC57AC4Cu, 0x9B00DBD8u)]
    [InlineData(~0UL, ~0u, ~0u, ~0u, ~0u, 0x408F276Du, 0x41C83B0Eu, 0xA20BC7C6u, 0x6D5451FDu)]
    [InlineData(
        0x299F31D0A4093822UL, 0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u, 0xD16CFE09u, 0x94FDCCEBu, 0x5001E420u, 0x24126EA1u)]
    public void Block_PublishedCase_GivesThePublishedWords(
        ulong key, uint c0, uint c1, uint c2, uint c3, uint word0, uint word1, uint word2, uint word3)
    {
        Assert.Equal((word0, word1, word2, word3), CounterGenerator.Block(key, c0, c1, c2, c3));
    }

    [Fact]
    public void Uniform_SeedAndPosition_IsTheTopOfTheFirstWord()
    {
        Assert.Equal((0x6627E8D5u >> 8) / 16777216f, CounterGenerator.Uniform(0, 0));
        Assert.NotEqual(CounterGenerator.Uniform(7, 1), CounterGenerator.Uniform(7, 2));
        Assert.NotEqual(CounterGenerator.Uniform(7, 1), CounterGenerator.Uniform(8, 1));
    }

    [Fact]
    public void Uniform_ManyPositions_StaysInRangeAndCentred()
    {
        double sum = 0;
        for (int position = 0; position < 10_000; position++)
        {
            float u = CounterGenerator.Uniform(42, position);
            Assert.InRange(u, 0f, 0.99999994f);
            sum += u;
        }
        Assert.InRange(sum / 10_000, 0.49, 0.51);
    }
}
