using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Inference.Threads;

public sealed class EngineCensusTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Crowded_TwoNodesOfOneUser_CountsBoth()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.FullPath, "runtime");
        using var first = new EngineCensus(path, cores: 4, _time);
        using var second = new EngineCensus(path, cores: 4, _time);
        using EngineCensus.Entry mine = first.Register(2);
        using (second.Register(3))
        {
            Assert.True(second.Crowded);
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.True(mine.Crowded);
        }
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(mine.Crowded);
    }

    [Fact]
    public void Recount_FileOfADeadProcess_RemovesIt()
    {
        using var folder = new TemporaryFolder();
        string path = Directory.CreateDirectory(Path.Combine(folder.FullPath, "runtime")).FullName;
        string left = Path.Combine(path, "1-0-64.lanes");
        File.WriteAllText(left, "");
        using var census = new EngineCensus(path, cores: 4, _time);
        using EngineCensus.Entry entry = census.Register(2);
        Assert.False(entry.Crowded);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void Dispose_LastEntry_LeavesNothingBehind()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.FullPath, "runtime");
        using var census = new EngineCensus(path, cores: 4, _time);
        census.Register(2).Dispose();
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void Register_FolderThatCannotBe_StillCountsItsOwn()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.FullPath, "file");
        File.WriteAllText(file, "");
        using var census = new EngineCensus(Path.Combine(file, "below"), cores: 1, _time);
        using EngineCensus.Entry entry = census.Register(2);
        Assert.True(entry.Crowded);
    }
}
