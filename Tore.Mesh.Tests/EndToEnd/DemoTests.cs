using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary><c>tore demo</c> as a user runs it: it succeeds, and leaves neither process nor file, however it ends.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_ThreeNodes_TellsTheStoryOfOneNodeAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        ToreCommandLine.Outcome outcome = await ToreProcess.RunAsync(["demo", "--json"], EnvironmentOf(folder));
        Assert.Equal(0, outcome.ExitCode);
        JsonNode result = outcome.Json;
        Assert.Equal(["0-2", "3-5", "6-7"], result["route"]!.AsArray().Select(s => (string?)s!["layers"]));
        Assert.Equal(3, result["route"]!.AsArray().Select(s => (string?)s!["node_id"]).Distinct().Count());
        Assert.True((bool)result["same_as_one_node"]!);
        Assert.Contains("fox", (string?)result["text"], StringComparison.Ordinal);
        Assert.True((double)result["tokens_per_second"]! > 0);
        await AssertNothingIsLeftAsync(folder);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Demo_Interrupted_LeavesNothing(string signal, int exitCode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked up in /proc");
        using var folder = new TemporaryFolder();
        await using ToreProcess demo = ToreProcess.Start(["demo"], EnvironmentOf(folder));
        await demo.ReadLineAsync();
        await demo.SignalAsync(signal);
        Assert.Equal(exitCode, await demo.WaitAsync());
        await AssertNothingIsLeftAsync(folder);
    }

    [Fact]
    public async Task Demo_InterruptedWhileItsNodesStart_LeavesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked up in /proc");
        using var folder = new TemporaryFolder();
        await using ToreProcess demo = ToreProcess.Start(["demo"], EnvironmentOf(folder));
        await Until.TrueAsync(() => ProcessesOf(folder).Count > 0, "a node process of the demo");
        await demo.SignalAsync("INT");
        Assert.Equal(130, await demo.WaitAsync());
        await AssertNothingIsLeftAsync(folder);
    }

    [Fact]
    public async Task Demo_Killed_LeavesNoChild()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked up in /proc");
        using var folder = new TemporaryFolder();
        await using ToreProcess demo = ToreProcess.Start(["demo"], EnvironmentOf(folder));
        await demo.ReadLineAsync();
        Assert.Equal(3, ProcessesOf(folder).Count);
        await demo.SignalAsync("KILL");
        await demo.WaitAsync();
        await AssertNothingIsLeftAsync(folder);
    }

    /// <summary>Everything temporary of the demo and its children goes into a folder of this test.</summary>
    private static Dictionary<string, string> EnvironmentOf(TemporaryFolder folder) => new()
    {
        ["TMPDIR"] = folder.FullPath,
        // The runtime's own diagnostic sockets would lie there too.
        ["DOTNET_EnableDiagnostics"] = "0",
    };

    private static async Task AssertNothingIsLeftAsync(TemporaryFolder folder)
    {
        await Until.TrueAsync(() => ProcessesOf(folder).Count == 0, "the end of every node process of the demo");
        // Files of a process that was killed itself are not the demo's: those of its engine's census.
        string[] left = [.. Directory.GetFileSystemEntries(folder.FullPath).Where(
            f => Path.GetFileName(f).StartsWith("tore-demo", StringComparison.Ordinal))];
        Assert.Empty(left);
    }

    /// <summary>Ids of the processes whose command line names the folder.</summary>
    private static List<int> ProcessesOf(TemporaryFolder folder)
    {
        List<int> found = [];
        if (OperatingSystem.IsLinux())
        {
            foreach (string process in Directory.GetDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)))
            {
                try
                {
                    if (File.ReadAllText(Path.Combine(process, "cmdline")).Contains(folder.FullPath, StringComparison.Ordinal))
                    {
                        found.Add(int.Parse(Path.GetFileName(process), System.Globalization.CultureInfo.InvariantCulture));
                    }
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It ended while it was looked at.
                }
            }
        }
        return found;
    }
}
