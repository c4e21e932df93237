using System.Text.Json;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models.Chat;

public sealed class GoldenChatTests
{
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
    public void Render_GoldenConversation_GivesGoldenText(string name)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require($"golden/chat/{name}.json")));
        JsonElement root = golden.RootElement;
        ChatTemplate template = ChatTemplate.Parse(
            root.GetProperty("template").GetString()!,
            root.GetProperty("bos_token").GetString()!,
            root.GetProperty("eos_token").GetString()!);
        int cases = 0;
        foreach (JsonElement item in root.GetProperty("cases").EnumerateArray())
        {
            ChatMessage[] messages =
            [
                .. item.GetProperty("messages").EnumerateArray()
                    .Select(message => new ChatMessage(
                        message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!)),
            ];
            bool prompt = item.GetProperty("add_generation_prompt").GetBoolean();
            if (item.TryGetProperty("error", out JsonElement error))
            {
                ToreException refused = Assert.Throws<ToreException>(() => template.RenderText(messages, prompt));
                Assert.Equal(ErrorCodes.TemplateRefused, refused.Code);
                Assert.Equal(error.GetString(), refused.Message);
            }
            else
            {
                Assert.Equal(item.GetProperty("text").GetString(), template.RenderText(messages, prompt));
            }
            cases++;
        }
        Assert.True(cases >= 10, $"only {cases} golden cases");
    }
}
