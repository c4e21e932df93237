using System.Diagnostics;
using Tore.Mesh.Scenarios;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>The planted bugs: every patch fits the source as it is, and one of them is built and caught.</summary>
public sealed class MutantsTests
{
    public static TheoryData<string> Names =>
        [.. MutantCopy.Patches(SharedFiles.Repository).Select(p => Path.GetFileNameWithoutExtension(p)!)];

    [Fact]
    public void Patches_AreAtLeastTen() => Assert.True(Names.Count >= 10, $"{Names.Count} mutants");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Patch_FitsTheSource_AndSaysWhatItBreaks(string name)
    {
        string patch = Path.Combine(SharedFiles.Repository, "simulations", "Mutants", $"{name}.patch");
        string first = (await File.ReadAllLinesAsync(patch, TestContext.Current.CancellationToken))[0];
        Assert.Matches("^[A-Z].*\\.$", first);
        (int code, string output) = await RunAsync("git", "apply", "--check", patch);
        Assert.True(code == 0, $"{name} does not fit the source any more; docs/simulator.md says what to do.\n{output}");
    }

    [Fact(Timeout = 400_000)]
    public async Task DroppedRefutation_IsBuiltAndCaught()
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(AppContext.BaseDirectory + "x"))!);
        string runner = Path.Combine(SharedFiles.Repository, "simulations", "Runner", "bin", configuration, "net10.0", "Runner.dll");
        Assert.SkipUnless(File.Exists(runner), "simulations/Runner is not built (build the solution)");
        (int code, string output) = await RunAsync("dotnet", "exec", runner, "mutants", "--only", "dropped-refutation", "--seeds", "200");
        Assert.True(code == 0, output);
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = SharedFiles.Repository,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }
}
