using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore chat-prompt</c>: a conversation as the model's template writes it. Reads metadata only.</summary>
internal static class ChatPromptCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string?> model = CliOptions.Optional("MODEL", "A GGUF file (its metadata are enough), or 'stories'.");
        Option<string?> templateFile = CliOptions.Text("--template-file", "A file with a template to use instead of a model's.", "F");
        Option<string?> bos = CliOptions.Text("--bos-token", "What the template calls bos_token, with --template-file.", "S");
        Option<string?> eos = CliOptions.Text("--eos-token", "What the template calls eos_token, with --template-file.", "S");
        Option<string?> family = CliOptions.Text("--template", "Template family that overrides the model's own.", "FAMILY");
        Option<bool> noGeneration = CliOptions.Flag("--no-generation-prompt", "Do not end with the head of an answer.");
        Option<bool> ids = CliOptions.Flag("--ids", "Give token ids instead of the text; needs a MODEL.");
        Option<bool> parseSpecial = CliOptions.Flag("--parse-special", "With --ids: read special tokens in the messages as such.");
        var command = new ToreCommand(
            "chat-prompt", "Write a conversation as the model's chat template does; messages as JSON on standard input.",
            "echo '[{\"role\":\"user\",\"content\":\"Hi\"}]' | tore chat-prompt model.gguf",
            "tore chat-prompt --template-file chat.jinja --bos-token '<s>' --eos-token '</s>' < messages.json")
        {
            model, templateFile, bos, eos, family, noGeneration, ids, parseSpecial,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(model) is null == result.GetValue(templateFile) is null)
            {
                result.AddError("Give either a MODEL or --template-file.");
            }
            if (result.GetValue(ids) && result.GetValue(model) is null)
            {
                result.AddError("--ids needs a MODEL, whose vocabulary gives the ids.");
            }
        });
        command.Run(console, async (parsed, cancellation) =>
        {
            IReadOnlyList<ChatMessage> messages = await ReadMessagesAsync(console, cancellation);
            bool generation = !parsed.GetValue(noGeneration);
            if (parsed.GetValue(model) is string path)
            {
                using GgufFile file = ModelFiles.Open(path);
                ModelText text = ModelText.Open(file, parsed.GetValue(family));
                Write(
                    console, text.RequireTemplate().RenderText(messages, generation),
                    parsed.GetValue(ids) ? text.EncodeChat(messages, generation, parsed.GetValue(parseSpecial)) : null);
            }
            else
            {
                string source = await ReadTemplateAsync(parsed.GetValue(templateFile)!, cancellation);
                ChatTemplate template = ChatTemplate.Parse(source, parsed.GetValue(bos) ?? "", parsed.GetValue(eos) ?? "");
                Write(console, template.RenderText(messages, generation), null);
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<string> ReadTemplateAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream file = File.OpenRead(path);
        byte[] bytes = await BoundedInput.ReadAsync(file, path, Limits.GgufStringBytes).WaitAsync(cancellationToken);
        using var text = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        return await text.ReadToEndAsync(cancellationToken);
    }

    private static void Write(CliConsole console, string text, List<int>? ids)
    {
        if (console.JsonMode)
        {
            var result = new JsonObject { ["text"] = text };
            if (ids is not null)
            {
                result["ids"] = CliJson.Array(ids);
            }
            console.WriteJson(result);
        }
        else if (ids is not null)
        {
            console.Out.WriteLine(string.Join(' ', ids));
        }
        else
        {
            // Exactly the prompt: a line end of ours would be one of its characters.
            console.Out.Write(text);
            console.Out.Flush();
        }
    }

    /// <summary>An array of messages, or an object whose <c>messages</c> is one.</summary>
    private static async Task<IReadOnlyList<ChatMessage>> ReadMessagesAsync(CliConsole console, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(await console.ReadAllAsync(cancellationToken));
            JsonElement root = document.RootElement;
            JsonElement list = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("messages", out JsonElement inner) ? inner
                : root;
            return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(ReadMessage)]
                : throw Malformed("it is no array");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Malformed(error.Message);
        }
    }

    private static ChatMessage ReadMessage(JsonElement message)
    {
        string? role = message.ValueKind == JsonValueKind.Object && message.TryGetProperty("role", out JsonElement r) ? r.GetString()
            : null;
        string? content = message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out JsonElement c)
            ? c.GetString() : null;
        return role is null ? throw Malformed("a message has no role") : new ChatMessage(role, content ?? "");
    }

    private static ToreException Malformed(string why) => new(
        ErrorCodes.InvalidRequest,
        $"Standard input must hold messages as JSON, such as [{{\"role\":\"user\",\"content\":\"Hi\"}}]: {why}.");
}
