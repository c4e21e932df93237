using Tore.Mesh.Inference;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Inference;

public sealed class MemoryGrantTests
{
    [Fact]
    public void ReadControlGroups_VersionTwo_TakesTheTightestLimitAbove()
    {
        using var folder = new TemporaryFolder();
        string membership = Write(folder, "cgroup", "0::/outer/inner\n");
        Write(folder, "fs/outer/inner/memory.max", "max\n");
        Write(folder, "fs/outer/memory.max", "1000000\n");
        Write(folder, "fs/memory.max", "5000000\n");
        Assert.Equal(1_000_000, MemoryGrant.ReadControlGroups(membership, Path.Combine(folder.FullPath, "fs")));
    }

    [Fact]
    public void ReadControlGroups_VersionOne_ReadsTheMemoryHierarchy()
    {
        using var folder = new TemporaryFolder();
        string membership = Write(folder, "cgroup", "9:name=systemd:/\n4:cpu,memory:/job\n");
        Write(folder, "fs/memory/job/memory.limit_in_bytes", "7000000\n");
        Assert.Equal(7_000_000, MemoryGrant.ReadControlGroups(membership, Path.Combine(folder.FullPath, "fs")));
    }

    [Fact]
    public void ReadControlGroups_NoLimit_IsNull()
    {
        using var folder = new TemporaryFolder();
        string membership = Write(folder, "cgroup", "0::/\n");
        Assert.Null(MemoryGrant.ReadControlGroups(membership, Path.Combine(folder.FullPath, "fs")));
    }

    [Fact]
    public void ReadMemTotal_KernelsFile_IsInBytes()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(24_000L * 1024, MemoryGrant.ReadMemTotal(Write(folder, "meminfo", "MemTotal:       24000 kB\nMemFree:  1 kB\n")));
    }

    [Fact]
    public void DefaultBudgetBytes_ThisMachine_IsThreeQuartersOfTheGrant() =>
        Assert.InRange(MemoryGrant.DefaultBudgetBytes(), MemoryGrant.TotalBytes() * 0.74, MemoryGrant.TotalBytes() * 0.76);

    private static string Write(TemporaryFolder folder, string name, string text)
    {
        string path = Path.Combine(folder.FullPath, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
