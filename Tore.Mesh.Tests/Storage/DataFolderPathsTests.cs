using Tore.Mesh.Storage;

namespace Tore.Mesh.Tests.Storage;

public sealed class DataFolderPathsTests
{
    [Theory]
    [InlineData("unix", null, "/home/a/.local/share/tore")]
    [InlineData("unix", "/data", "/data/tore")]
    [InlineData("unix", "relative", "/home/a/.local/share/tore")]
    [InlineData("macos", "/data", "/home/a/Library/Application Support/tore")]
    [InlineData("windows", "/local", "/local/tore")]
    [InlineData("windows", null, "/home/a/AppData/Local/tore")]
    public void For_Platform_IsItsOwnPlace(string platform, string? variable, string expected)
    {
        string wanted = platform == "windows" ? "LOCALAPPDATA" : "XDG_DATA_HOME";
        string path = DataFolderPaths.For(platform, name => name == wanted ? variable : null, "/home/a");
        Assert.Equal(expected, path.Replace('\\', '/'));
    }
}
