using System.Diagnostics;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>The benchmarks run, and those of their targets that do not depend on the machine's speed hold.</summary>
public sealed class BenchmarksTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("codec")]
    [InlineData("smoke")]
    [InlineData("fuzz", "--inputs", "200000")]
    public async Task Benchmarks_ShortSuite_HoldsItsTargets(string suite, params string[] options)
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(AppContext.BaseDirectory + "x"))!);
        string program = Path.Combine(
            SharedFiles.Repository, "simulations", "Benchmarks", "bin", configuration, "net10.0", "Benchmarks.dll");
        Assert.SkipUnless(File.Exists(program), "simulations/Benchmarks is not built (build the solution)");
        using var folder = new TemporaryFolder();
        using Process process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["exec", program, suite, "--json", "--models", folder.FullPath, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}:\n{output}\n{await errors}");
            Assert.NotEmpty(JsonNode.Parse(output)!["figures"]!.AsArray());
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
