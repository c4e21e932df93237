using Tore.Mesh.Models;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Benchmarks;

/// <summary>Tokenizer and chat template of a model file.</summary>
internal static class TextBenchmark
{
    private const string Sample =
        "The neighbours met at the bridge, carried 12 crates of pears (and one lantern), then wrote: \"We'll share it all.\"\n";

    /// <summary>Encodes running text and one long word, decodes, and renders a conversation.</summary>
    public static int Run(string model, bool json)
    {
        Report report = new("text", json);
        using GgufFile file = GgufFile.Open(model);
        ModelText text = ModelText.Open(file);
        string prose = string.Concat(Enumerable.Repeat(Sample, 2_000));
        string word = new('a', 100_000);
        List<int> ids = [];
        report.Add(new Figure("encode prose MB/s", Megabytes(prose, () => Encode(text, prose, ids))));
        report.Add(new Figure("encode one word of 100 kB MB/s", Megabytes(word, () => Encode(text, word, ids))));
        Encode(text, prose, ids);
        report.Add(new Figure("decode million tokens/s", ids.Count / 1e6 / Timing.SecondsOf(() => Decode(text, ids))));
        if (text.Template is not null)
        {
            ChatMessage[] messages = [.. Enumerable.Range(0, 20).Select(i => new ChatMessage(i % 2 == 0 ? "user" : "assistant", Sample))];
            report.Add(new Figure("chat prompts of 20 messages/s", 1 / Timing.SecondsOf(() => text.EncodeChat(messages, true))));
        }
        return report.Finish();
    }

    private static double Megabytes(string text, Action work) => text.Length / 1e6 / Timing.SecondsOf(work);

    private static void Encode(ModelText text, string input, List<int> ids)
    {
        ids.Clear();
        text.Tokenizer.Encode(input, addSpecial: false, parseSpecial: false, ids);
    }

    private static long Decode(ModelText text, List<int> ids)
    {
        long bytes = 0;
        foreach (int id in ids)
        {
            bytes += text.Tokenizer.BytesOf(id).Length;
        }
        return bytes;
    }
}
