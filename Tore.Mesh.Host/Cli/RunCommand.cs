using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore run</c>: one prompt, one answer, on this machine, without a mesh.</summary>
internal static class RunCommand
{
    /// <summary>Tokens when nothing else is asked for.</summary>
    public const int DefaultMaxTokens = 256;

    public static Command Build(CliConsole console)
    {
        Argument<string> model = CliOptions.Required("MODEL", "A GGUF file, or 'stories'.");
        Argument<string> prompt = CliOptions.Required("PROMPT", "What to continue or answer.");
        Option<bool> raw = CliOptions.Flag("--raw", "Continue the prompt as it stands, even where the file has a chat template.");
        Option<bool> chat = CliOptions.Flag("--chat", "Answer the prompt as one message of a chat; an error where there is no template.");
        Option<int?> beside = CliOptions.Int(
            "--beside", "Run N other prompts in the same forward passes; the answer is the same.", 0, Limits.StageSlots - 1);
        var options = new RunOptions();
        var command = new ToreCommand(
            "run", "Answer one prompt on this machine, without a mesh.",
            "tore run stories \"A story about a fox and a lantern.\"",
                "tore run model.gguf \"What is the capital of France?\" --temperature 0 --json",
            "tore run model.gguf --raw --seed 7 --max-tokens 50 -- \"- a prompt that begins with a dash\"")
        {
            model, prompt, raw, chat, beside,
        };
        foreach (Option option in options.All)
        {
            command.Options.Add(option);
        }
        command.Validators.Add(result =>
        {
            if (result.GetValue(raw) && result.GetValue(chat))
            {
                result.AddError("--raw and --chat exclude each other.");
            }
        });
        command.Run(console, async (parsed, cancellation) =>
        {
            int others = parsed.GetValue(beside) ?? 0;
            await using LocalEngine engine = await LocalEngine.LoadAsync(
                console, parsed.GetRequiredValue(model), file => ModelText.Open(file, parsed.GetValue(options.Template)),
                parsed.GetValue(options.Stages) ?? 1, options.ShardOf(parsed, others + 1), cancellation);
            string text = parsed.GetRequiredValue(prompt);
            bool asChat = text.Length > 0 && (parsed.GetValue(chat) || (!parsed.GetValue(raw) && engine.Text.HasTemplate));
            var request = new TextRequest
            {
                RequestId = Guid.NewGuid().ToString("N"),
                ModelId = engine.ModelId,
                Prompt = asChat ? new TextPrompt.Chat([new ChatMessage("user", text)]) : new TextPrompt.Plain(text),
                MaxTokens = parsed.GetValue(options.MaxTokens),
                DefaultMaxTokens = DefaultMaxTokens,
                Sampling = options.SamplingOf(parsed),
                Seed = parsed.GetValue(options.Seed),
                WantDigest = console.JsonMode,
                ParseSpecial = parsed.GetValue(options.ParseSpecial),
            };
            await using var company = new RunCompany(engine, request, others);
            await AnswerAsync(console, engine, request, company, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task AnswerAsync(
        CliConsole console, LocalEngine engine, TextRequest request, RunCompany company, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        TextStarted started = null!;
        await foreach (TextEvent e in engine.Service.GenerateAsync(request, cancellationToken))
        {
            switch (e)
            {
                case TextStarted begin:
                    started = begin;
                    await company.JoinAsync(begin, cancellationToken);
                    break;
                case TextDelta delta:
                    text.Append(delta.Text);
                    if (!console.JsonMode)
                    {
                        console.Out.Write(delta.Text);
                    }
                    break;
                case TextFinished end when console.JsonMode:
                    console.WriteJson(Result(engine, started, end, text.ToString()));
                    break;
                case TextFinished end:
                    console.Out.WriteLine();
                    console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"[{end.Ids.Count} tokens, {end.TokensPerSecond:0.0} tokens/s, first after "
                            + $"{end.TimeToFirstToken.TotalMilliseconds:0} ms, seed {started.Seed}, {engine.Provider.Isa}]"));
                    break;
            }
        }
    }

    private static JsonObject Result(LocalEngine engine, TextStarted started, TextFinished end, string text) => new()
    {
        ["text"] = text,
        ["ids"] = CliJson.Array(end.Ids),
        ["prompt_ids"] = CliJson.Array(started.PromptIds),
        ["finish_reason"] = end.Reason,
        ["digest"] = end.Digest,
        ["isa"] = engine.Provider.Isa,
        ["time_to_first_token_ms"] = Math.Round(end.TimeToFirstToken.TotalMilliseconds, 3),
        ["tokens_per_second"] = Math.Round(end.TokensPerSecond, 3),
        ["seed"] = started.Seed,
        ["model"] = started.Model.Label,
        ["stages"] = CliJson.Array(started.Stages.Select(s => s.Layers.ToString())),
        ["budget_bytes"] = engine.Provider.Budget.TotalBytes,
    };
}
