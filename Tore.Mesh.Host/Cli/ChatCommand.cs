using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore chat</c>: a conversation in the terminal, with a running node or with a model loaded here.</summary>
internal static class ChatCommand
{
    /// <summary>Answers the conversation so far, piece by piece.</summary>
    private delegate IAsyncEnumerable<string> Answerer(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken);

    public static Command Build(CliConsole console)
    {
        Argument<string?> model = CliOptions.Optional("MODEL", "A GGUF file or 'stories' to load here; with a node, the id of its model.");
        Option<string?> node = CliOptions.Text("--node", "Chat with the node at this HTTP address.", "URL");
        Option<string?> data = CliOptions.Text("--data", "Data folder of the node to chat with.", "DIR");
        Option<string?> key = CliOptions.Text("--api-key-file", "File with the node's key, where it wants one.", "FILE");
        Option<string?> system = CliOptions.Text("--system", "System message.", "TEXT");
        var options = new RunOptions();
        var command = new ToreCommand(
            "chat", "Chat with a running node, or with a model loaded here. An empty line or Ctrl-D ends it.",
            "tore chat model.gguf", "tore chat --node http://127.0.0.1:7600",
                "echo \"What is the capital of France?\" | tore chat model.gguf --temperature 0")
        {
            model, node, data, key, system,
        };
        foreach (Option option in options.All)
        {
            command.Options.Add(option);
        }
        command.Run(console, async (parsed, cancellation) =>
        {
            List<ChatMessage> messages = parsed.GetValue(system) is string text ? [new ChatMessage("system", text)] : [];
            bool local = parsed.GetValue(node) is null && parsed.GetValue(data) is null && parsed.GetValue(model) is not null;
            if (local)
            {
                await using LocalEngine engine = await LocalEngine.LoadAsync(
                    console, parsed.GetValue(model)!, file => ModelText.Open(file, parsed.GetValue(options.Template)),
                    parsed.GetValue(options.Stages) ?? 1, options.ShardOf(parsed, 1), cancellation);
                await TalkAsync(console, messages, (so, ct) => AnswerHere(engine, options, parsed, so, ct), cancellation);
            }
            else
            {
                using NodeClient client = NodeClient.Find(parsed.GetValue(node), parsed.GetValue(data), parsed.GetValue(key));
                string id = parsed.GetValue(model) ?? await FirstModelAsync(client, cancellation);
                JsonObject sampling = BodyOf(options, parsed);
                await TalkAsync(console, messages, (so, ct) => client.ChatAsync(id, so, sampling, ct), cancellation);
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task TalkAsync(CliConsole console, List<ChatMessage> messages, Answerer answerer,
        CancellationToken cancellationToken)
    {
        using var input = new StreamReader(console.Input, Encoding.UTF8);
        while (true)
        {
            if (console.ErrorIsTerminal && !console.JsonMode)
            {
                console.Error.Write("> ");
            }
            // A console's read cannot be interrupted, so the wait for it is.
            string? line = await input.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken);
            if (string.IsNullOrWhiteSpace(line))
            {
                break;
            }
            messages.Add(new ChatMessage("user", line));
            var answer = new StringBuilder();
            await foreach (string piece in answerer(messages, cancellationToken))
            {
                answer.Append(piece);
                if (!console.JsonMode)
                {
                    console.Out.Write(piece);
                }
            }
            messages.Add(new ChatMessage("assistant", answer.ToString()));
            if (!console.JsonMode)
            {
                console.Out.WriteLine();
            }
        }
        if (console.JsonMode)
        {
            JsonNode[] said = [.. messages.Select(m => new JsonObject { ["role"] = m.Role, ["content"] = m.Content })];
            console.WriteJson(new JsonObject { ["messages"] = new JsonArray(said) });
        }
    }

    private static async IAsyncEnumerable<string> AnswerHere(
        LocalEngine engine, RunOptions options, ParseResult parsed, IReadOnlyList<ChatMessage> messages,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new TextRequest
        {
            RequestId = Guid.NewGuid().ToString("N"),
            ModelId = engine.ModelId,
            Prompt = new TextPrompt.Chat(messages),
            MaxTokens = parsed.GetValue(options.MaxTokens),
            Sampling = options.SamplingOf(parsed),
            Seed = parsed.GetValue(options.Seed),
            ParseSpecial = parsed.GetValue(options.ParseSpecial),
        };
        await foreach (TextEvent e in engine.Service.GenerateAsync(request, cancellationToken))
        {
            if (e is TextDelta { Text.Length: > 0 } delta)
            {
                yield return delta.Text;
            }
        }
    }

    private static JsonObject BodyOf(RunOptions options, ParseResult parsed)
    {
        SamplingOptions sampling = options.SamplingOf(parsed);
        var body = new JsonObject
        {
            ["temperature"] = sampling.Temperature,
            ["top_k"] = sampling.TopK,
            ["top_p"] = sampling.TopP,
            ["min_p"] = sampling.MinP,
            ["repeat_penalty"] = sampling.RepeatPenalty,
        };
        if (parsed.GetValue(options.MaxTokens) is int max)
        {
            body["max_tokens"] = max;
        }
        if (parsed.GetValue(options.Seed) is ulong seed)
        {
            body["seed"] = unchecked((long)seed);
        }
        return body;
    }

    private static async Task<string> FirstModelAsync(NodeClient client, CancellationToken cancellationToken)
    {
        JsonArray models = (await client.GetAsync("/v1/models", cancellationToken))["data"]!.AsArray();
        return (string?)(models.FirstOrDefault(m => (bool)m!["ready"]!) ?? models.FirstOrDefault())?["id"] ?? throw new ToreException(
            ErrorCodes.ModelNotFound, $"The node at {client.Url} knows no model. Start one with 'tore up --model FILE'.");
    }
}
