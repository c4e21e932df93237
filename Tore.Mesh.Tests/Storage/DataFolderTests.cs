using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Storage;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Open_NewFolder_IsPrivateAndCarriesTheFormat()
    {
        string path = Path.Combine(_temporary.FullPath, "a", "b");
        using DataFolder folder = DataFolder.Open(path);
        Assert.Equal("1", File.ReadAllText(Path.Combine(path, "format")).Trim());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void Open_FolderWithLooseMode_IsTightened()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are Unix's");
            return;
        }
        string path = Path.Combine(_temporary.FullPath, "data");
        DataFolder.Open(path).Dispose();
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        using DataFolder folder = DataFolder.Open(path);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Open_HeldByAnother_IsRefusedNamingTheProcess()
    {
        using DataFolder first = DataFolder.Open(_temporary.FullPath);
        ToreException error = Assert.Throws<ToreException>(() => DataFolder.Open(_temporary.FullPath));
        Assert.Equal(ErrorCodes.DataFolderLocked, error.Code);
        Assert.Contains($"process {Environment.ProcessId}", error.Message);
    }

    [Fact]
    public void Open_AfterDispose_Succeeds()
    {
        DataFolder.Open(_temporary.FullPath).Dispose();
        DataFolder.Open(_temporary.FullPath).Dispose();
    }

    [Theory]
    [InlineData("2", "format 2")]
    [InlineData("x", "does not hold a format number")]
    [InlineData("0", "does not hold a format number")]
    [InlineData("-1", "does not hold a format number")]
    public void Open_UnknownFormat_IsRefused(string format, string says)
    {
        File.WriteAllText(Path.Combine(_temporary.FullPath, "format"), format);
        ToreException error = Assert.Throws<ToreException>(() => DataFolder.Open(_temporary.FullPath));
        Assert.Equal(ErrorCodes.DataFolderFormat, error.Code);
        Assert.Contains(says, error.Message);
        Assert.Equal(format, File.ReadAllText(Path.Combine(_temporary.FullPath, "format")));
    }

    [Fact]
    public void Open_SomebodyElsesFolder_IsRefusedAndLeftAlone()
    {
        File.WriteAllText(Path.Combine(_temporary.FullPath, "thesis.txt"), "mine");
        ToreException error = Assert.Throws<ToreException>(() => DataFolder.Open(_temporary.FullPath));
        Assert.Equal(ErrorCodes.DataFolderFormat, error.Code);
        Assert.Contains("thesis.txt", error.Message);
        Assert.False(File.Exists(Path.Combine(_temporary.FullPath, "format")));
    }

    [Fact]
    public void Open_PathIsAFile_IsAClearError()
    {
        string file = Path.Combine(_temporary.FullPath, "file");
        File.WriteAllText(file, "");
        ToreException error = Assert.Throws<ToreException>(() => DataFolder.Open(file));
        Assert.Equal(ErrorCodes.FileNotReadable, error.Code);
    }

    [Fact]
    public void PublishAddresses_WhileHeld_AreReadAndGoWithTheNode()
    {
        var addresses = new NodeAddresses { ProcessId = 7, NodeId = "x", Listen = ["[::1]:7601"], Http = "http://127.0.0.1:7600" };
        using (DataFolder folder = DataFolder.Open(_temporary.FullPath))
        {
            folder.PublishAddresses(addresses);
            NodeAddresses? read = DataFolder.ReadAddresses(_temporary.FullPath);
            Assert.NotNull(read);
            Assert.Equal(addresses.Http, read.Http);
            Assert.Equal(addresses.Listen, read.Listen);
        }
        Assert.Null(DataFolder.ReadAddresses(_temporary.FullPath));
    }

    [Fact]
    public void ReadAddresses_BrokenFile_IsNull()
    {
        File.WriteAllText(Path.Combine(_temporary.FullPath, "addresses.json"), "{\"pid\":");
        Assert.Null(DataFolder.ReadAddresses(_temporary.FullPath));
    }
}
