using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>Each mistake is a clear error with a stable code and exit code, and leaves nothing behind.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData(new[] { "run", "no-such-file.gguf", "hello" }, "file_not_readable", 3)]
    [InlineData(new[] { "run", "stories", "" }, "empty_prompt", 4)]
    [InlineData(new[] { "run", "stories", "hello", "--stages", "9" }, "invalid_stages", 4)]
    [InlineData(new[] { "run", "stories", "hello", "--memory", "100K" }, "memory_budget_exceeded", 5)]
    [InlineData(new[] { "run", "stories", "hello", "--max-tokens", "512" }, "context_length_exceeded", 4)]
    [InlineData(new[] { "run", "stories", "one two three four five six", "--raw", "--context", "4" }, "context_length_exceeded", 4)]
    [InlineData(new[] { "run", "stories", "hello", "--template", "no-such-family" }, "invalid_request", 4)]
    [InlineData(new[] { "logits", "stories", "--ids", "1 99999" }, "invalid_request", 4)]
    [InlineData(new[] { "logits", "stories", "--ids", "one" }, "invalid_request", 4)]
    [InlineData(new[] { "logits", "stories", "--ids", "" }, "empty_prompt", 4)]
    [InlineData(new[] { "model", "synth", "x.gguf", "--dim", "7", "--heads", "3" }, "invalid_request", 4)]
    [InlineData(new[] { "model", "synth", "x.gguf", "--arch", "gpt-9" }, "unknown_architecture", 3)]
    [InlineData(new[] { "bench", "stories", "--stages", "9" }, "invalid_stages", 4)]
    [InlineData(new[] { "peers", "--data", "/nonexistent-tore-data" }, "peer_unreachable", 6)]
    [InlineData(new[] { "peers", "--node", "nowhere" }, "invalid_request", 4)]
    [InlineData(new[] { "peers", "--node", "http://127.0.0.1:1" }, "peer_unreachable", 6)]
    public async Task Run_BadInput_IsOneErrorObject(string[] args, string code, int exit)
    {
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync([.. args, "--json"]);
        Assert.Equal(code, outcome.ErrorCode);
        Assert.Equal(exit, outcome.ExitCode);
        Assert.Equal("", outcome.Error);
        ToreCommandLine.Outcome forPeople = await ToreCommandLine.RunAsync(args);
        Assert.Equal(exit, forPeople.ExitCode);
        Assert.Equal("", forPeople.Output);
        Assert.StartsWith($"tore: error [{code}]: ", forPeople.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "stories")]
    [InlineData("run", "stories", "hello", "--bogus")]
    [InlineData("run", "stories", "--bogus")]
    [InlineData("run", "stories", "hello", "--temperature", "-1")]
    [InlineData("run", "stories", "hello", "--threads", "0")]
    [InlineData("run", "stories", "hello", "--seed", "abc")]
    [InlineData("run", "stories", "hello", "--beside", "256")]
    [InlineData("up", "--throw-away")]
    [InlineData("run", "stories", "hello", "--raw", "--chat")]
    [InlineData("run", "stories", "hello", "--memory", "lots")]
    [InlineData("tokenize", "stories", "text", "--nul")]
    [InlineData("chat-prompt")]
    [InlineData("logits", "stories")]
    [InlineData("model", "synth", "x.gguf", "--type", "Q9_9")]
    [InlineData("nonsense")]
    public async Task Run_BadUsage_ExitsWith2AndTheUsage(params string[] args)
    {
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(args);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith("tore: error [usage]: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Usage:", outcome.Error, StringComparison.Ordinal);
        ToreCommandLine.Outcome json = await ToreCommandLine.RunAsync(["--json", .. args]);
        Assert.Equal(2, json.ExitCode);
        Assert.Equal("usage", json.ErrorCode);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("chat")]
    [InlineData("peers")]
    [InlineData("model", "inspect")]
    [InlineData("model", "synth")]
    [InlineData("tokenize")]
    [InlineData("chat-prompt")]
    [InlineData("logits")]
    [InlineData("bench")]
    [InlineData("version")]
    public async Task Help_EveryCommand_ShowsExamples(params string[] command)
    {
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync([.. command, "--help"]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("--json", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PromptThatLooksLikeAnOption_GoesAfterTheDashes()
    {
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(
            "run", "stories", "--raw", "--max-tokens", "1", "--json", "--", "--bogus");
        Assert.Equal(0, outcome.ExitCode);
        ToreCommandLine.Outcome at = await ToreCommandLine.RunAsync("run", "stories", "@home", "--raw", "--max-tokens", "1", "--json");
        Assert.Equal(0, at.ExitCode);
    }

    [Theory]
    [InlineData(0, "model_truncated")]
    [InlineData(3, "model_truncated")]
    [InlineData(1000, "model_truncated")]
    [InlineData(500_000, "model_truncated")]
    public async Task Run_TruncatedModel_IsRefused(int bytes, string code)
    {
        using var folder = new TemporaryFolder();
        string model = folder.PathOf("cut.gguf");
        await File.WriteAllBytesAsync(model, (await File.ReadAllBytesAsync(Mesh.Host.Cli.ModelFiles.StoriesPath))[..bytes]);
        foreach (string[] command in new string[][] { ["run", model, "hello"], ["model", "inspect", model], ["bench", model] })
        {
            ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync([.. command, "--json"]);
            Assert.Equal(code, outcome.ErrorCode);
            Assert.Equal(3, outcome.ExitCode);
        }
    }

    [Fact]
    public async Task Text_InputWithoutEnd_IsRefused()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "needs a device without end");
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync("chat-prompt", "--template-file", "/dev/zero", "--json");
        Assert.Equal("payload_too_large", outcome.ErrorCode);
        outcome = await ToreCommandLine.RunAsync("peers", "--node", "http://127.0.0.1:1", "--api-key-file", "/dev/zero", "--json");
        Assert.Equal("invalid_request", outcome.ErrorCode);
    }

    [Fact]
    public async Task Run_FileThatIsNoModel_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string model = folder.PathOf("text.gguf");
        await File.WriteAllTextAsync(model, new string('x', 100_000), Encoding.ASCII);
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync("run", model, "hello", "--json");
        Assert.Equal("model_malformed", outcome.ErrorCode);
        Assert.Equal(3, outcome.ExitCode);
        ToreCommandLine.Outcome directory = await ToreCommandLine.RunAsync("run", folder.FullPath, "hello", "--json");
        Assert.Equal("file_not_readable", directory.ErrorCode);
    }

    [Fact]
    public async Task Logits_OutputThatCannotBeWritten_LeavesNothing()
    {
        using var folder = new TemporaryFolder();
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(
            "logits", "stories", "--ids", "1", "--out", folder.PathOf("none/out.f32"), "--json");
        Assert.Equal("file_not_writable", outcome.ErrorCode);
        // An error in the work itself leaves what was there before.
        await File.WriteAllTextAsync(folder.PathOf("out.f32"), "before");
        outcome = await ToreCommandLine.RunAsync("logits", "stories", "--ids", "1 99999", "--out", folder.PathOf("out.f32"), "--json");
        Assert.Equal("invalid_request", outcome.ErrorCode);
        Assert.Equal("before", await File.ReadAllTextAsync(folder.PathOf("out.f32")));
        Assert.Single(Directory.GetFiles(folder.FullPath));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Chat_InterruptedWhileItWaitsForInput_Ends(string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        await using ToreProcess tore = ToreProcess.Start(["chat", "stories", "--seed", "1", "--max-tokens", "4"]);
        await tore.Process.StandardInput.WriteLineAsync("A story about an owl and a map.");
        await tore.Process.StandardInput.FlushAsync();
        Assert.NotEmpty(await tore.ReadLineAsync());
        // Now it waits for the next line, which does not come.
        await tore.SignalAsync(signal);
        Assert.Equal(exitCode, await tore.WaitAsync(20));
    }

    [Fact]
    public async Task Run_OutputClosedEarly_EndsQuietly()
    {
        await using ToreProcess tore = ToreProcess.Start(["run", "stories", "Once upon a time", "--raw", "--seed", "1"]);
        tore.Process.StandardOutput.Close();
        Assert.Equal(0, await tore.WaitAsync(20));
        Assert.DoesNotContain("error", tore.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_Stories_TellsItsShapeAndThatItRuns()
    {
        JsonNode report = (await ToreCommandLine.RunAsync("model", "inspect", "stories", "--json")).Json;
        Assert.Equal("llama", (string?)report["architecture"]);
        Assert.Equal(8, (int)report["layers"]!);
        Assert.Equal(1024, (int)report["vocabulary"]!);
        Assert.True((bool)report["runs_here"]!);
        Assert.StartsWith("sha256:", (string?)report["digest"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_Stories_TellsEveryFigure()
    {
        JsonNode report = (await ToreCommandLine.RunAsync(
            "bench", "stories", "--prompt", "16", "--generate", "4", "--threads", "1", "--repeats", "1", "--stages", "2", "--streams",
                "2", "--json")).Json;
        foreach (string figure in new[]
        {
            "prefill_tokens_per_second", "decode_tokens_per_second", "load_seconds", "peak_memory_bytes", "budget_bytes",
                "read_bytes_per_second",
        })
        {
            Assert.True((double)report[figure]! > 0, figure);
        }
        Assert.False(string.IsNullOrEmpty((string?)report["isa"]));
    }
}
