using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary><c>tokenize</c> and <c>chat-prompt</c> over every golden case.</summary>
public sealed class TextCommandTests
{
    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-3")]
    [InlineData("llama-spm")]
    [InlineData("qwen2")]
    [InlineData("smollm")]
    [InlineData("stories")]
    public async Task Tokenize_GoldenCases_GivesTheReferenceIds(string name)
    {
        JsonArray cases = JsonNode.Parse(await File.ReadAllTextAsync(SharedFiles.Require($"golden/tokenizers/{name}.json")))!.AsArray();
        string model = name switch
        {
            "stories" => "stories",
            "smollm" => SharedFiles.Require("models/SmolLM2-135M-Instruct.Q4_1.gguf"),
            _ => SharedFiles.Require($"golden/tokenizers/{name}.gguf"),
        };
        string input = string.Concat(cases.Select(c => (string?)c!["text"] + '\0'));
        foreach ((string field, string[] options) in new (string, string[])[] { ("ids", []), ("ids_special", ["--special"]) })
        {
            ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(input, ["tokenize", model, "--nul", .. options]);
            Assert.Equal(0, outcome.ExitCode);
            string[] lines = outcome.Output.Split('\n');
            Assert.Equal(cases.Count + 1, lines.Length);
            for (int i = 0; i < cases.Count; i++)
            {
                Assert.Equal(string.Join(' ', cases[i]![field]!.AsArray().Select(id => (int)id!)), lines[i]);
            }
        }
    }

    [Theory]
    [InlineData("deepseek-r1-llama")]
    [InlineData("gemma-2")]
    [InlineData("llama-2")]
    [InlineData("llama-3")]
    [InlineData("llama-3.1")]
    [InlineData("mistral-nemo")]
    [InlineData("phi-3.5")]
    [InlineData("qwen2")]
    [InlineData("smollm2")]
    [InlineData("stories")]
    [InlineData("zephyr")]
    public async Task ChatPrompt_GoldenCases_GivesTheReferenceTextOrRefusal(string name)
    {
        JsonNode golden = JsonNode.Parse(await File.ReadAllTextAsync(SharedFiles.Require($"golden/chat/{name}.json")))!;
        using var folder = new TemporaryFolder();
        string template = folder.PathOf("template.jinja");
        await File.WriteAllTextAsync(template, (string?)golden["template"]);
        string[] command =
        [
            "chat-prompt", "--template-file", template, "--bos-token", (string?)golden["bos_token"] ?? "", "--eos-token",
                (string?)golden["eos_token"] ?? "", "--json",
        ];
        foreach (JsonNode? one in golden["cases"]!.AsArray())
        {
            string[] options = (bool)one!["add_generation_prompt"]! ? [] : ["--no-generation-prompt"];
            ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(one["messages"]!.ToJsonString(), [.. command, .. options]);
            if (one["error"] is JsonNode refusal)
            {
                Assert.Equal("template_refused", outcome.ErrorCode);
                Assert.Equal(3, outcome.ExitCode);
                Assert.Contains((string)refusal!, (string?)outcome.Json["error"]!["message"], StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal((string?)one["text"], (string?)outcome.Json["text"]);
            }
        }
    }

    [Fact]
    public async Task Tokenize_RealProcess_PassesUtf8Through()
    {
        ToreCommandLine.Outcome outcome = await ToreProcess.RunAsync(
            ["tokenize", "stories", "--nul"], new Dictionary<string, string> { ["LANG"] = "C" }, "Günaydın\0\0🦊\0");
        Assert.Equal(0, outcome.ExitCode);
        string[] lines = outcome.Output.Split('\n');
        Assert.Equal("", lines[1]);
        // The fox is not in the vocabulary: a space piece and four byte tokens.
        Assert.True(lines[2].Split(' ').Length >= 4);
        ToreCommandLine.Outcome direct = await ToreCommandLine.RunAsync("tokenize", "stories", "Günaydın");
        Assert.Equal(lines[0] + "\n", direct.Output);
    }

    [Fact]
    public async Task ChatPrompt_PlainOutput_IsThePromptAndNothingElse()
    {
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(
            """[{"role":"user","content":"A story about an owl."}]""", ["chat-prompt", "stories"]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("A story about an owl.\n", outcome.Output.Replace("<s>", "", StringComparison.Ordinal));
        ToreCommandLine.Outcome ids = await ToreCommandLine.RunAsync(
            """{"messages":[{"role":"user","content":"A story about an owl."}]}""", ["chat-prompt", "stories", "--ids", "--json"]);
        ToreCommandLine.Outcome run = await ToreCommandLine.RunAsync(
            "run", "stories", "A story about an owl.", "--max-tokens", "1", "--json");
        Assert.True(JsonNode.DeepEquals(ids.Json["ids"], run.Json["prompt_ids"]));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("5")]
    [InlineData("""[{"content":"no role"}]""")]
    [InlineData("""[{"role":5}]""")]
    public async Task ChatPrompt_BadMessages_IsInvalidRequest(string input)
    {
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(input, ["chat-prompt", "stories", "--json"]);
        Assert.Equal("invalid_request", outcome.ErrorCode);
        Assert.Equal(4, outcome.ExitCode);
    }

    [Fact]
    public async Task Tokenize_VocabularyWithoutTensors_IsEnough()
    {
        string model = SharedFiles.Require("golden/tokenizers/gpt-2.gguf");
        ToreCommandLine.Outcome tokens = await ToreCommandLine.RunAsync("tokenize", model, "hello world", "--json");
        Assert.Equal(0, tokens.ExitCode);
        Assert.Equal(2, (int)tokens.Json["count"]!);
        ToreCommandLine.Outcome run = await ToreCommandLine.RunAsync("run", model, "hello", "--json");
        Assert.Equal("unknown_architecture", run.ErrorCode);
        Assert.Equal(3, run.ExitCode);
    }
}
