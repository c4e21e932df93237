using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat;

/// <summary>Finds the token with which a template closes an assistant turn, by rendering one and looking.</summary>
internal static class TurnEnds
{
    private const string Mark = "q7Zk2Vx9";

    /// <summary>The token, or none: it must be a control token right after the answer, whether or not a user speaks next.</summary>
    public static IEnumerable<int> Find(ITokenizer tokenizer, ChatTemplate? template)
    {
        if (template is null)
        {
            return [];
        }
        ChatMessage[] answered = [new("user", "u"), new("assistant", Mark)];
        int? last = After(tokenizer, template, answered, out _);
        int? between = After(tokenizer, template, [.. answered, new("user", "u")], out bool refused);
        return last is not null && (refused || between == last) ? [last.Value] : [];
    }

    private static int? After(ITokenizer tokenizer, ChatTemplate template, ChatMessage[] messages, out bool refused)
    {
        string text;
        try
        {
            text = template.RenderText(messages, addGenerationPrompt: false);
            refused = false;
        }
        catch (ToreException)
        {
            refused = true;
            return null;
        }
        int at = text.LastIndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }
        List<int> ids = [];
        tokenizer.Encode(text.AsSpan(at + Mark.Length).TrimStart(), addSpecial: false, parseSpecial: true, ids);
        bool isControl = ids.Count > 0 && tokenizer.BytesOf(ids[0]).IsEmpty && !tokenizer.BytesOf(ids[0], showControl: true).IsEmpty;
        return isControl && ids[0] != tokenizer.BosId ? ids[0] : null;
    }
}
