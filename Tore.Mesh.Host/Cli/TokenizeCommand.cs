using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore tokenize</c>: text to token ids. Reads metadata only: a file without tensors will do.</summary>
internal static class TokenizeCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string> model = CliOptions.Required("MODEL", "A GGUF file (its metadata are enough), or 'stories'.");
        Argument<string?> text = CliOptions.Optional("TEXT", "The text; standard input when absent.");
        Option<bool> special = CliOptions.Flag(
            "--special", "Add BOS and EOS as the vocabulary says, and read special tokens in the text as such.");
        Option<bool> nul = CliOptions.Flag(
            "--nul", "Texts on standard input, each ended by a NUL: one line of ids each, an empty line for none.");
        var command = new ToreCommand(
            "tokenize", "Turn text into token ids.",
            "tore tokenize stories \"Once upon a time\"", "tore tokenize model.gguf --special \"<|im_start|>user\"",
                "printf 'one\\0two\\0' | tore tokenize model.gguf --nul")
        {
            model, text, special, nul,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(nul) && result.GetValue(text) is not null)
            {
                result.AddError("--nul reads its texts from standard input: leave TEXT out.");
            }
        });
        command.Run(console, async (parsed, cancellation) =>
        {
            using GgufFile file = ModelFiles.Open(parsed.GetRequiredValue(model));
            ITokenizer tokenizer = ModelText.Open(file).Tokenizer;
            bool withSpecial = parsed.GetValue(special);
            if (parsed.GetValue(nul))
            {
                await WriteManyAsync(console, tokenizer, withSpecial, cancellation);
            }
            else
            {
                string input = parsed.GetValue(text) ?? Encoding.UTF8.GetString(await console.ReadAllAsync(cancellation));
                WriteOne(console, Encode(tokenizer, input, withSpecial));
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static List<int> Encode(ITokenizer tokenizer, string text, bool special)
    {
        List<int> ids = [];
        tokenizer.Encode(text, addSpecial: special, parseSpecial: special, ids);
        return ids;
    }

    private static void WriteOne(CliConsole console, List<int> ids)
    {
        if (console.JsonMode)
        {
            console.WriteJson(new JsonObject { ["ids"] = CliJson.Array(ids), ["count"] = ids.Count });
        }
        else
        {
            console.Out.WriteLine(string.Join(' ', ids));
        }
    }

    private static async Task WriteManyAsync(CliConsole console, ITokenizer tokenizer, bool special, CancellationToken cancellationToken)
    {
        byte[] input = await console.ReadAllAsync(cancellationToken);
        var texts = new JsonArray();
        var lines = new StringBuilder();
        for (int start = 0; start < input.Length;)
        {
            int length = Array.IndexOf(input, (byte)0, start) is int end and >= 0 ? end - start : input.Length - start;
            List<int> ids = Encode(tokenizer, Encoding.UTF8.GetString(input, start, length), special);
            start += length + 1;
            if (console.JsonMode)
            {
                texts.Add(CliJson.Array(ids));
            }
            else
            {
                lines.AppendJoin(' ', ids).Append('\n');
            }
        }
        if (console.JsonMode)
        {
            console.WriteJson(new JsonObject { ["ids"] = texts });
        }
        else
        {
            console.Out.Write(lines);
        }
    }
}
