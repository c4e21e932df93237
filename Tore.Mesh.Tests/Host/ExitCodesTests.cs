using System.Reflection;
using Tore.Mesh.Host.Cli;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Host;

public sealed class ExitCodesTests
{
    [Fact]
    public void Of_EveryErrorCode_HasItsPlace()
    {
        string[] codes = [.. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(
            f => (string)f.GetValue(null)!)];
        Assert.NotEmpty(codes);
        Assert.Equal([ErrorCodes.Internal], codes.Where(c => ExitCodes.Of(c) == ExitCodes.Failure));
    }
}
