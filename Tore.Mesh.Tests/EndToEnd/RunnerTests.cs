using System.Diagnostics;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>The simulator as a program: figures, picture, exit code, and that a seed is the same run in any process.</summary>
public sealed class RunnerTests
{
    [Fact(Timeout = 120_000)]
    public async Task Determinism_TwoProcesses_GiveEqualHashes()
    {
        (int code, string output) = await RunAsync("determinism", "--seeds", "60", "--json");
        Assert.True(code == 0, output);
        JsonArray figures = JsonNode.Parse(output)!["figures"]!.AsArray();
        Assert.Equal(60, figures.Single(f => (string?)f!["name"] == "different hashes among them")!["value"]!.GetValue<double>());
    }

    [Fact(Timeout = 120_000)]
    public async Task Runner_Svg_DrawsTheCurves()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.FullPath, "heal.svg");
        (int code, string output) = await RunAsync("heal-16", "--seeds", "3", "--svg", file);
        Assert.True(code == 0, output);
        Assert.Contains("holds", output, StringComparison.Ordinal);
        string svg = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.StartsWith("<svg ", svg, StringComparison.Ordinal);
        Assert.Contains("<path ", svg, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Runner_TargetMissed_ExitsWithOneAndSaysByHowMuch()
    {
        // Too little time for plain SWIM to fail at all.
        (int code, string output) = await RunAsync("stalls", "--hours", "0.0001");
        Assert.Equal(1, code);
        Assert.Contains("misses by", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(AppContext.BaseDirectory + "x"))!);
        string program = Path.Combine(SharedFiles.Repository, "simulations", "Runner", "bin", configuration, "net10.0", "Runner.dll");
        Assert.SkipUnless(File.Exists(program), "simulations/Runner is not built (build the solution)");
        using Process process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output.Length > 0 ? output : await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
