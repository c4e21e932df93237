using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Pipelines.Text;

public sealed class InferenceServiceTests
{
    [Fact]
    public async Task Generate_NoSeed_ChoosesOneBelow2To53AndTellsIt()
    {
        var provider = new ScriptedProvider("x");
        List<TextEvent> events = await RunAsync(provider, Request("p"), chooseSeed: () => ulong.MaxValue);
        Assert.Equal((1UL << 53) - 1, Assert.IsType<TextStarted>(events[0]).Seed);
        Assert.Equal((1UL << 53) - 1, provider.LastRequest!.Sampling.Seed);
    }

    [Fact]
    public async Task Generate_SeedGiven_IsUsedAsItIs()
    {
        var provider = new ScriptedProvider("x");
        await RunAsync(provider, Request("p") with { Seed = ulong.MaxValue });
        Assert.Equal(ulong.MaxValue, provider.LastRequest!.Sampling.Seed);
    }

    [Fact]
    public async Task Generate_EndToken_IsCountedButNotShown()
    {
        List<TextEvent> events = await RunAsync(new ScriptedProvider("ab"), Request("p"));
        TextFinished end = Assert.IsType<TextFinished>(events[^1]);
        Assert.Equal(TextFinished.Stop, end.Reason);
        Assert.Equal(['a', 'b', ByteTokenizer.End], end.Ids);
        Assert.Equal("ab", TextOf(events));
        Assert.DoesNotContain(events.OfType<TextDelta>().SelectMany(d => d.Tokens), t => t.Token.Id == ByteTokenizer.End);
    }

    [Fact]
    public async Task Generate_StopString_LeavesThePipelineAtOnce()
    {
        var provider = new ScriptedProvider("one. ", context: 100_000) { Endless = true };
        List<TextEvent> events = await RunAsync(provider, Request("p") with { Stop = ["e. o"] });
        TextFinished end = Assert.IsType<TextFinished>(events[^1]);
        Assert.Equal("on", TextOf(events));
        Assert.Equal(6, end.Ids.Count);
        Assert.Equal(TextFinished.Stop, end.Reason);
        Assert.Equal(0, provider.SlotsInUse);
    }

    [Fact]
    public async Task Generate_InvalidUtf8_IsReplacedAndItsUnfinishedEndLeftOut()
    {
        List<TextEvent> events = await RunAsync(new ScriptedProvider { Script = [0x61, 0xff, 0x62, 0xe2, 0x82] }, Request("p"));
        Assert.Equal("a\ufffdb", TextOf(events));
    }

    [Theory]
    [InlineData(null, null, 95)]
    [InlineData(null, 256, 95)]
    [InlineData(null, 10, 10)]
    [InlineData(95, null, 95)]
    [InlineData(7, 3, 7)]
    public async Task Generate_MaxTokens_IsWhatIsAskedOrWhatTheContextLeaves(int? asked, int? byDefault, int expected)
    {
        var provider = new ScriptedProvider("x", context: 100);
        await RunAsync(provider, Request("12345") with { MaxTokens = asked, DefaultMaxTokens = byDefault });
        Assert.Equal(expected, provider.LastRequest!.MaxTokens);
    }

    [Theory]
    [InlineData("12345", 96, ErrorCodes.ContextLengthExceeded)]
    [InlineData("12345", 0, ErrorCodes.InvalidRequest)]
    [InlineData("", 5, ErrorCodes.EmptyPrompt)]
    public async Task Generate_CannotBeRun_TakesNoSlot(string prompt, int maxTokens, string code)
    {
        var provider = new ScriptedProvider("x", context: 100);
        ToreException error = await Assert.ThrowsAsync<ToreException>(
            () => RunAsync(provider, Request(prompt) with { MaxTokens = maxTokens }));
        Assert.Equal(code, error.Code);
        Assert.Equal(0, provider.Freed.CurrentCount);
    }

    [Fact]
    public async Task Generate_PromptAsLongAsTheContext_IsContextLengthExceeded()
    {
        var provider = new ScriptedProvider("x", context: 5);
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => RunAsync(provider, Request("12345")));
        Assert.Equal(ErrorCodes.ContextLengthExceeded, error.Code);
    }

    [Fact]
    public async Task Generate_Chat_IsThePromptOfTheTemplateWithoutLeadingSpace()
    {
        using var backend = new ManagedBackend();
        await using LocalPipelineProvider provider = StoriesModel.Load(backend);
        ChatMessage[] messages = [new("user", "A story about an owl and a map.")];
        TextRequest chat = new()
        {
            RequestId = "r",
            ModelId = "stories",
            Prompt = new TextPrompt.Chat(messages),
            MaxTokens = 8,
            Sampling = SamplingOptions.Greedy,
        };
        List<TextEvent> answered = await RunAsync(provider, chat);
        int[] prompt = [.. Assert.IsType<TextStarted>(answered[0]).PromptIds];
        Assert.Equal(provider.Models[0].Text!.EncodeChat(messages, addGenerationPrompt: true), prompt);
        List<TextEvent> continued = await RunAsync(provider, chat with { Prompt = new TextPrompt.Ids(prompt) });
        Assert.Equal(TextOf(continued).TrimStart(' '), TextOf(answered));
        Assert.Equal(((TextFinished)continued[^1]).Ids, ((TextFinished)answered[^1]).Ids);
    }

    [Fact]
    public async Task Generate_SpecialTokenInTheText_IsPlainUnlessAsked()
    {
        using var backend = new ManagedBackend();
        await using LocalPipelineProvider provider = StoriesModel.Load(backend);
        TextRequest request = new()
        {
            RequestId = "r",
            ModelId = "stories",
            Prompt = new TextPrompt.Plain("one</s>two"),
            MaxTokens = 1,
            Sampling = SamplingOptions.Greedy,
        };
        int end = provider.Models[0].Text!.Tokenizer.EosId!.Value;
        Assert.DoesNotContain(end, ((TextStarted)(await RunAsync(provider, request))[0]).PromptIds);
        Assert.Contains(end, ((TextStarted)(await RunAsync(provider, request with { ParseSpecial = true }))[0]).PromptIds);
    }

    private static TextRequest Request(string prompt) =>
        new() { RequestId = "r", ModelId = "script/one", Prompt = new TextPrompt.Plain(prompt) };

    private static string TextOf(List<TextEvent> events) => string.Concat(events.OfType<TextDelta>().Select(d => d.Text));

    private static async Task<List<TextEvent>> RunAsync(IPipelineProvider provider, TextRequest request, Func<ulong>? chooseSeed = null)
    {
        var service = new InferenceService(provider, new FakeTimeProvider(), chooseSeed ?? (() => 1));
        return await service.GenerateAsync(request, CancellationToken.None).ToListAsync();
    }
}
