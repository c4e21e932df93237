using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>The same prompt gives the same bits however it is run: the main promise, through the command line.</summary>
public sealed class DeterminismTests
{
    private static readonly string[] Splits = ["1", "2", "3", "5", "8"];
    private static readonly string[] Chunks = ["1", "7", "64", "512"];

    public static TheoryData<string, string[]> Drawings => new()
    {
        { "greedy", ["--temperature", "0"] },
        { "seeded", ["--temperature", "0.9", "--seed", "20", "--repeat-penalty", "1.1"] },
    };

    [Theory]
    [MemberData(nameof(Drawings))]
    public async Task Run_Stories_AnyStagesThreadsCompanyAndChunks_SameIdsAndDigest(string name, string[] drawing)
    {
        string[] prompt = ["run", "stories", "A story about a hen, an otter and a bridge.", "--max-tokens", "20", .. drawing, "--json"];
        await AllEqualAsync(name, prompt, Variations(Splits, Chunks[..2]));
    }

    [Theory]
    [MemberData(nameof(Drawings))]
    public async Task Run_PromptOver512Tokens_AnyStagesThreadsCompanyAndChunks_SameIdsAndDigest(string name, string[] drawing)
    {
        using var folder = new TemporaryFolder();
        string model = folder.PathOf("synth.gguf");
        ToreCommandLine.Outcome made = await ToreCommandLine.RunAsync(
            "model", "synth", model, "--layers", "8", "--dim", "64", "--ffn", "96", "--heads", "4", "--kv-heads", "2", "--vocab", "400",
            "--type", "Q4_0", "--seed", "5", "--json");
        Assert.Equal(0, made.ExitCode);
        string text = string.Concat(Enumerable.Range(0, 180).Select(i => $"{i * 7919 % 997} "));
        string[] prompt = ["run", model, text, "--raw", "--context", "2048", "--max-tokens", "8", .. drawing, "--json"];
        JsonNode reference = await AllEqualAsync(name, prompt, Variations(["1", "3", "8"], Chunks));
        Assert.True(reference["prompt_ids"]!.AsArray().Count > 512);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", false)]
    [InlineData("DOTNET_EnableAVXVNNI", false)]
    [InlineData("DOTNET_EnableAVX2", false)]
    [InlineData("DOTNET_EnableHWIntrinsic", false)]
    [InlineData("DOTNET_EnableAVX512", true)]
    public async Task Run_WithoutAnInstructionSet_SameIdsAndDigestAndTheExpectedIsa(string knob, bool withoutVnniToo)
    {
        string? expected = ExpectedIsa(withoutVnniToo ? [knob, "DOTNET_EnableAVXVNNI"] : [knob]);
        Assert.SkipWhen(expected is null, "the CPU's flags cannot be read here, so the expected instruction set is unknown");
        string[] command = ["run", "stories", "The baker and the oven.", "--max-tokens", "16", "--temperature", "0.8", "--seed", "3",
            "--threads", "1", "--json"];
        JsonNode reference = (await ToreProcess.RunAsync(command)).Json;
        Dictionary<string, string> off = new() { [knob] = "0" };
        if (withoutVnniToo)
        {
            off["DOTNET_EnableAVXVNNI"] = "0";
        }
        JsonNode other = (await ToreProcess.RunAsync(command, off)).Json;
        Assert.Equal(ExpectedIsa([]), (string?)reference["isa"]);
        Assert.Equal(expected, (string?)other["isa"]);
        AssertSame(reference, other, knob);
    }

    [Fact]
    public async Task Logits_AnyStagesThreadsAndChunks_SameDigestAndFile()
    {
        using var folder = new TemporaryFolder();
        string[] command = ["logits", "stories", "--ids", "1 601 602 261 467 321 276 261 5 6 7 8 9", "--json"];
        JsonNode reference = (await ToreCommandLine.RunAsync([.. command, "--out", folder.PathOf("reference.f32")])).Json;
        byte[] rows = await File.ReadAllBytesAsync(folder.PathOf("reference.f32"));
        Assert.Equal(13 * 1024 * 4, rows.Length);
        Assert.Equal((string?)reference["digest"], Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(rows)));
        foreach (string[] variation in new string[][] { ["--stages", "3"], ["--threads", "2"], ["--prefill-chunk", "1"],
            ["--stages", "8", "--prefill-chunk", "7"] })
        {
            JsonNode other = (await ToreCommandLine.RunAsync([.. command, .. variation, "--out", folder.PathOf("other.f32")])).Json;
            Assert.Equal((string?)reference["digest"], (string?)other["digest"]);
            Assert.Equal(rows, await File.ReadAllBytesAsync(folder.PathOf("other.f32")));
        }
        Assert.Equal(2, Directory.GetFiles(folder.FullPath).Length);
    }

    private static IEnumerable<string[]> Variations(string[] splits, string[] chunks)
    {
        foreach (string stages in splits)
        {
            yield return ["--stages", stages, "--threads", "1"];
            yield return ["--stages", stages, "--threads", "2", "--beside", "3"];
        }
        foreach (string chunk in chunks)
        {
            yield return ["--prefill-chunk", chunk, "--threads", "1", "--stages", "2"];
        }
    }

    private static async Task<JsonNode> AllEqualAsync(string name, string[] command, IEnumerable<string[]> variations)
    {
        JsonNode reference = (await ToreCommandLine.RunAsync(command)).Json;
        Assert.Null(reference["error"]);
        foreach (string[] variation in variations)
        {
            AssertSame(reference, (await ToreCommandLine.RunAsync([.. command, .. variation])).Json,
                $"{name} {string.Join(' ', variation)}");
        }
        return reference;
    }

    private static void AssertSame(JsonNode reference, JsonNode other, string how)
    {
        foreach (string field in new[] { "digest", "ids", "prompt_ids", "text", "finish_reason" })
        {
            Assert.True(
                JsonNode.DeepEquals(reference[field], other[field]),
                $"{how}: {field} is {other[field]?.ToJsonString()} and not {reference[field]?.ToJsonString()}");
        }
        Assert.Equal(64, ((string)reference["digest"]!).Length);
    }

    /// <summary>The kernel set by the CPU's own flags and the runtime's knobs; null where the flags cannot be read.</summary>
    private static string? ExpectedIsa(string[] knobs)
    {
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
        {
            return knobs.Contains("DOTNET_EnableHWIntrinsic") ? "portable" : "neon";
        }
        if (!File.Exists("/proc/cpuinfo") || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return null;
        }
        string line = File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("flags", StringComparison.Ordinal));
        HashSet<string> flags = [.. line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)];
        bool avx2 = flags.IsSupersetOf(["avx2", "fma"]) && !knobs.Contains("DOTNET_EnableAVX2")
            && !knobs.Contains("DOTNET_EnableHWIntrinsic");
        bool avx512 = avx2 && flags.IsSupersetOf(["avx512f", "avx512bw", "avx512dq", "avx512vl"]) && !knobs.Contains("DOTNET_EnableAVX512");
        bool vnni = avx2 && flags.Contains("avx_vnni") && !knobs.Contains("DOTNET_EnableAVXVNNI");
        return (avx512, avx2, vnni) switch
        {
            (true, _, true) => "avx512-vnni",
            (true, _, false) => "avx512",
            (_, true, true) => "avx2-vnni",
            (_, true, false) => "avx2",
            _ => "portable",
        };
    }
}
