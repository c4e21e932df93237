using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;
using Tore.Mesh.Inference;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary>The official OpenAI .NET client as a foreign client, against the real model.</summary>
public sealed class OpenAiClientTests : IAsyncLifetime
{
    private const string Model = "stories";
    private const string Line = "A story about a fox and a lantern.";

    private readonly ManagedBackend _backend = new();
    private LocalPipelineProvider _provider = null!;
    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = StoriesModel.Load(_backend, stages: 2);
        _api = await ApiFixture.StartAsync(_provider);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _provider.DisposeAsync();
        _backend.Dispose();
    }

    [Fact]
    public async Task CompleteChat_OneMessage_AnswersWithUsage()
    {
        ChatCompletion answer = await Chat().CompleteChatAsync([new UserChatMessage(Line)], Greedy(40));
        Assert.Equal(ChatMessageRole.Assistant, answer.Role);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(Model, answer.Model);
        Assert.Equal(40, answer.Usage.OutputTokenCount);
        Assert.True(answer.Usage.InputTokenCount > 5);
        Assert.Contains("fox", answer.Content[0].Text, StringComparison.Ordinal);
        Assert.False(answer.Content[0].Text.StartsWith(' '));
    }

    [Fact]
    public async Task CompleteChatStreaming_SameRequest_GivesTheSameText()
    {
        ChatCompletion whole = await Chat().CompleteChatAsync([new UserChatMessage(Line)], Greedy(40));
        string text = "";
        ChatFinishReason? reason = null;
        int? counted = null;
        await foreach (StreamingChatCompletionUpdate update in Chat().CompleteChatStreamingAsync([new UserChatMessage(Line)], Greedy(40)))
        {
            text += string.Concat(update.ContentUpdate.Select(p => p.Text));
            reason ??= update.FinishReason;
            counted ??= update.Usage?.OutputTokenCount;
        }
        Assert.Equal(whole.Content[0].Text, text);
        Assert.Equal(ChatFinishReason.Length, reason);
        Assert.Equal(40, counted);
    }

    [Fact]
    public async Task CompleteChat_SameSeed_GivesTheSameText()
    {
#pragma warning disable OPENAI001 // The seed is marked experimental in the client.
        ChatCompletionOptions options = new() { MaxOutputTokenCount = 30, Temperature = 1, Seed = 99 };
#pragma warning restore OPENAI001
        ChatCompletion first = await Chat().CompleteChatAsync([new UserChatMessage(Line)], options);
        ChatCompletion second = await Chat().CompleteChatAsync([new UserChatMessage(Line)], options);
        Assert.Equal(first.Content[0].Text, second.Content[0].Text);
    }

    [Fact]
    public async Task CompleteChat_Stop_EndsBeforeIt()
    {
        ChatCompletionOptions options = Greedy(100);
        ChatCompletion whole = await Chat().CompleteChatAsync([new UserChatMessage(Line)], options);
        string stop = whole.Content[0].Text.Substring(20, 7);
        options.StopSequences.Add(stop);
        ChatCompletion answer = await Chat().CompleteChatAsync([new UserChatMessage(Line)], options);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(whole.Content[0].Text[..whole.Content[0].Text.IndexOf(stop, StringComparison.Ordinal)], answer.Content[0].Text);
    }

    [Fact]
    public async Task CompleteChat_LogProbs_AddUpToTheText()
    {
        ChatCompletionOptions options = Greedy(12);
        options.IncludeLogProbabilities = true;
        options.TopLogProbabilityCount = 3;
        ChatCompletion answer = await Chat().CompleteChatAsync([new UserChatMessage(Line)], options);
        Assert.Equal(12, answer.ContentTokenLogProbabilities.Count);
        Assert.Equal(
            answer.Content[0].Text, string.Concat(answer.ContentTokenLogProbabilities.Select(t => t.Token)).TrimStart(' '));
        foreach (ChatTokenLogProbabilityDetails token in answer.ContentTokenLogProbabilities)
        {
            Assert.Equal(3, token.TopLogProbabilities.Count);
            // Greedy: the token is the best of its alternatives.
            Assert.Equal(token.Token, token.TopLogProbabilities[0].Token);
            Assert.Equal(token.LogProbability, token.TopLogProbabilities[0].LogProbability);
            Assert.True(token.LogProbability <= 0);
        }
    }

    [Fact]
    public async Task CompleteChat_ContentParts_AreJoined()
    {
        UserChatMessage parts = new(ChatMessageContentPart.CreateTextPart("A story about "),
            ChatMessageContentPart.CreateTextPart("a fox and a lantern."));
        ChatCompletion joined = await Chat().CompleteChatAsync([parts], Greedy(10));
        ChatCompletion whole = await Chat().CompleteChatAsync([new UserChatMessage(Line)], Greedy(10));
        Assert.Equal(whole.Content[0].Text, joined.Content[0].Text);
    }

    [Fact]
    public async Task CompleteChat_Tools_AreRefusedByName()
    {
        ChatCompletionOptions options = Greedy(5);
        options.Tools.Add(ChatTool.CreateFunctionTool("weather"));
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => Chat().CompleteChatAsync([new UserChatMessage(Line)], options));
        Assert.Equal(400, error.Status);
        Assert.Contains("unsupported_parameter", error.Message, StringComparison.Ordinal);
        Assert.Contains("tools", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_Image_IsRefusedByName()
    {
        UserChatMessage image = new(ChatMessageContentPart.CreateImagePart(new Uri("http://localhost/a.png")));
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(() => Chat().CompleteChatAsync([image], Greedy(5)));
        Assert.Contains("image_url", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_JsonFormat_IsRefusedByName()
    {
        ChatCompletionOptions options = Greedy(5);
        options.ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat();
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => Chat().CompleteChatAsync([new UserChatMessage(Line)], options));
        Assert.Contains("response_format", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_PromptBeyondTheContext_IsContextLengthExceeded()
    {
        string longText = string.Concat(Enumerable.Repeat("the fox and the lantern ", 200));
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => Chat().CompleteChatAsync([new UserChatMessage(longText)], Greedy(5)));
        Assert.Equal(400, error.Status);
        Assert.Contains("context_length_exceeded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetModels_OneModel_IsListed()
    {
        OpenAIModelCollection models = await new OpenAIModelClient(new ApiKeyCredential("none"), Options()).GetModelsAsync();
        Assert.Equal(Model, Assert.Single(models).Id);
        OpenAIModel model = await new OpenAIModelClient(new ApiKeyCredential("none"), Options()).GetModelAsync(Model);
        Assert.Equal(Model, model.Id);
    }

    private static ChatCompletionOptions Greedy(int tokens) => new() { MaxOutputTokenCount = tokens, Temperature = 0 };

    private ChatClient Chat() => new(Model, new ApiKeyCredential("none"), Options());

    private OpenAIClientOptions Options() => new() { Endpoint = new Uri(_api.Url + "/v1"), RetryPolicy = new ClientRetryPolicy(0) };
}
