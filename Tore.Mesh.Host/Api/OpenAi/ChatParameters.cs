using System.Text;
using System.Text.Json;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>The body of <c>/v1/chat/completions</c>.</summary>
internal static class ChatParameters
{
    /// <summary>Most messages of one conversation.</summary>
    private const int MaxMessages = 4096;

    /// <summary>Refuses what is not served here, by name.</summary>
    public static void RefuseUnsupported(JsonFields body)
    {
        const string NoTools = "This node answers in text; it calls no tools.";
        body.Unsupported("tools", SharedParameters.IsEmpty, NoTools);
        body.Unsupported("functions", SharedParameters.IsEmpty, NoTools);
        body.Unsupported("tool_choice", v => JsonFields.Is(v, "none") || JsonFields.Is(v, "auto"), NoTools);
        body.Unsupported("function_call", v => JsonFields.Is(v, "none") || JsonFields.Is(v, "auto"), NoTools);
        body.Unsupported(
            "response_format",
            v => v.ValueKind == JsonValueKind.Object && v.TryGetProperty("type", out JsonElement type) && JsonFields.Is(type, "text"),
            "Answers are plain text.");
        body.Unsupported("modalities", v => v.ValueKind == JsonValueKind.Array && v.EnumerateArray().All(m => JsonFields.Is(m, "text")),
            "Only text.");
        body.Unsupported("audio", _ => false);
        body.Unsupported("prediction", _ => false);
        body.Unsupported("web_search_options", _ => false);
    }

    /// <summary>The conversation.</summary>
    public static IReadOnlyList<ChatMessage> ReadMessages(JsonFields body)
    {
        if (body.Element("messages") is not JsonElement list || list.ValueKind != JsonValueKind.Array)
        {
            throw JsonFields.Invalid("'messages' must be an array of messages.", "messages");
        }
        if (list.GetArrayLength() == 0)
        {
            throw new ApiException(400, ErrorCodes.EmptyPrompt, "'messages' is empty. Give at least one message.", "messages");
        }
        if (list.GetArrayLength() > MaxMessages)
        {
            throw JsonFields.Invalid($"'messages' holds more than {MaxMessages} messages.", "messages");
        }
        return [.. list.EnumerateArray().Select((message, i) => ReadMessage(message, $"messages[{i}]"))];
    }

    /// <summary>How many alternatives to report a token; null for no log-probabilities.</summary>
    public static int? ReadTopLogProbs(JsonFields body)
    {
        bool wanted = body.Flag("logprobs") ?? false;
        int? top = body.Int("top_logprobs", 0, 20);
        if (top > 0 && !wanted)
        {
            throw JsonFields.Invalid("'top_logprobs' needs 'logprobs': true.", "top_logprobs");
        }
        return wanted ? top ?? 0 : null;
    }

    private static ChatMessage ReadMessage(JsonElement element, string name)
    {
        JsonFields message = JsonFields.Of(element, name);
        string role = message.RequireString("role");
        if (role is "tool" or "function" || message.Element("tool_calls") is JsonElement calls && !SharedParameters.IsEmpty(calls))
        {
            throw JsonFields.UnsupportedParameter(
                $"{name}.{(role is "tool" or "function" ? "role" : "tool_calls")}", "This node calls no tools.");
        }
        return new ChatMessage(role == "developer" ? "system" : role, ReadContent(message, $"{name}.content"));
    }

    private static string ReadContent(JsonFields message, string name)
    {
        if (message.Element("content") is not JsonElement content)
        {
            return "";
        }
        if (content.ValueKind != JsonValueKind.Array)
        {
            return JsonFields.StringOf(content, name);
        }
        var text = new StringBuilder();
        int i = 0;
        foreach (JsonElement part in content.EnumerateArray())
        {
            JsonFields fields = JsonFields.Of(part, $"{name}[{i}]");
            string type = fields.RequireString("type");
            text.Append(type == "text"
                ? fields.RequireString("text")
                : throw JsonFields.UnsupportedParameter($"{name}[{i}].{type}", "Only text: no images, audio or files."));
            i++;
        }
        return text.ToString();
    }
}
