using Tore.Mesh.Inference.Stages;

namespace Tore.Mesh.Tests.Inference.Stages;

public sealed class PromptChunkTests
{
    [Theory]
    [InlineData(5000, 1, 512, 512)]
    [InlineData(10, 1, 512, 512)]
    [InlineData(512, 2, 512, 64)]
    [InlineData(4096, 2, 512, 512)]
    [InlineData(2000, 3, 512, 167)]
    [InlineData(100, 8, 512, 64)]
    [InlineData(100, 8, 7, 7)]
    public void For_PromptAndStages_KeepsEveryStageBusy(int prompt, int stages, int most, int expected) =>
        Assert.Equal(expected, PromptChunk.For(prompt, stages, most));
}
