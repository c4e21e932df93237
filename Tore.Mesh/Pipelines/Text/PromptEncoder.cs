using Tore.Mesh.Models;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Text;

/// <summary>Turns a prompt into token ids, the same way for every door of a node.</summary>
public static class PromptEncoder
{
    /// <summary>
    /// The ids of a prompt: at least one. A text of nothing, no ids or no messages are <c>empty_prompt</c>; ids outside the vocabulary
    /// <c>invalid_request</c>; a chat with a model that has no template <c>invalid_request</c>.
    /// </summary>
    public static List<int> Encode(ModelText text, TextPrompt prompt, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = prompt switch
        {
            TextPrompt.Plain plain => EncodePlain(text, plain.Text, parseSpecial),
            TextPrompt.Ids given => CheckIds(text, given.Tokens),
            TextPrompt.Chat chat => EncodeChat(text, chat, parseSpecial),
            _ => throw new ArgumentOutOfRangeException(nameof(prompt)),
        };
        return ids.Count > 0 ? ids : throw Empty("gives no tokens");
    }

    private static List<int> EncodePlain(ModelText text, string prompt, bool parseSpecial) =>
        prompt.Length > 0 ? text.EncodeText(prompt, parseSpecial) : throw Empty("is empty");

    private static List<int> CheckIds(ModelText text, IReadOnlyList<int> ids)
    {
        foreach (int id in ids)
        {
            if (id < 0 || id >= text.Tokenizer.VocabularySize)
            {
                throw new ToreException(
                    ErrorCodes.InvalidRequest, $"Token id {id} is outside the vocabulary (0 to {text.Tokenizer.VocabularySize - 1}).");
            }
        }
        return [.. ids];
    }

    private static List<int> EncodeChat(ModelText text, TextPrompt.Chat chat, bool parseSpecial) =>
        chat.Messages.Count > 0 ? text.EncodeChat(chat.Messages, addGenerationPrompt: true, parseSpecial) : throw Empty("has no messages");

    private static ToreException Empty(string how) =>
        new(ErrorCodes.EmptyPrompt, $"The prompt {how}. Give at least one character of text, or one message.");
}
