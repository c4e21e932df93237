using System.Text.Json;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>The body of <c>/v1/completions</c>.</summary>
internal static class CompletionParameters
{
    /// <summary>Refuses what is not served here, by name.</summary>
    public static void RefuseUnsupported(JsonFields body)
    {
        body.Unsupported("echo", v => v.ValueKind == JsonValueKind.False);
        body.Unsupported("suffix", v => JsonFields.Is(v, ""));
        body.Unsupported("best_of", v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out int n) && n == 1);
    }

    /// <summary>One text, or one list of token ids; either may stand in an array of one.</summary>
    public static TextPrompt ReadPrompt(JsonFields body)
    {
        JsonElement prompt = body.Element("prompt") ?? throw JsonFields.Invalid("'prompt' is required.", "prompt");
        if (prompt.ValueKind == JsonValueKind.Array && prompt.GetArrayLength() > 0 && prompt[0].ValueKind != JsonValueKind.Number)
        {
            prompt = prompt.GetArrayLength() == 1
                ? prompt[0]
                : throw JsonFields.UnsupportedParameter("prompt", "One prompt a request: send the others in requests of their own.");
        }
        return prompt.ValueKind switch
        {
            JsonValueKind.String => new TextPrompt.Plain(JsonFields.StringOf(prompt, "prompt")),
            JsonValueKind.Array => new TextPrompt.Ids([.. prompt.EnumerateArray().Select(ReadId)]),
            _ => throw JsonFields.Invalid("'prompt' must be a text or an array of token ids.", "prompt"),
        };
    }

    private static int ReadId(JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int id)
        ? id
        : throw JsonFields.Invalid("'prompt' must be a text or an array of token ids.", "prompt");
}
