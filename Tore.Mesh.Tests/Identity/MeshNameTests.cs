using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Identity;

public sealed class MeshNameTests
{
    [Theory]
    [InlineData("lab")]
    [InlineData("Lab-2")]
    [InlineData("0_home.net")]
    [InlineData("abcdefghijklmnopqrstuvwxyz012345")]
    public void ProblemOf_GoodName_IsNull(string name) => Assert.Null(MeshName.ProblemOf(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("local")]
    [InlineData("Open")]
    [InlineData("-lab")]
    [InlineData(".lab")]
    [InlineData("lab.")]
    [InlineData("../lab")]
    [InlineData("lab/2")]
    [InlineData("lab 2")]
    [InlineData("läb")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456")]
    public void ProblemOf_BadName_SaysWhatToTake(string? name)
    {
        Assert.NotNull(MeshName.ProblemOf(name));
        ToreException error = Assert.Throws<ToreException>(() => MeshName.ThrowIfInvalid(name));
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
    }
}
