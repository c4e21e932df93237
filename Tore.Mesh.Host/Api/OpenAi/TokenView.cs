using System.Text;
using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>Tokens as OpenAI's log-probabilities show them: text (U+FFFD for part of a character) and exact bytes.</summary>
internal sealed class TokenView(ITokenizer tokenizer)
{
    /// <summary>JSON has no infinity; OpenAI writes this for a token that could not come.</summary>
    private const float Impossible = -9999f;

    /// <summary>A shown token with its alternatives.</summary>
    public ChatTokenLogProb Chat(TextToken token) => new(
        Text(token.Bytes), Finite(token.Token.LogProb), Bytes(token.Bytes),
        [.. (token.Token.Top ?? []).Select(t => new ChatAlternative(Text(BytesOf(t)), Finite(t.LogProb), Bytes(BytesOf(t))))]);

    /// <summary>The tokens of one delta for <c>/v1/completions</c>.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="offset">Characters of the completion before them; moved past them.</param>
    public TextLogProbs Completion(IReadOnlyList<TextToken> tokens, ref int offset)
    {
        List<string> texts = [];
        List<float> values = [];
        List<Dictionary<string, float>> tops = [];
        List<int> offsets = [];
        foreach (TextToken token in tokens)
        {
            string text = Text(token.Bytes);
            texts.Add(text);
            values.Add(Finite(token.Token.LogProb));
            offsets.Add(offset);
            offset += text.Length;
            Dictionary<string, float> top = [];
            foreach (TokenLogProb alternative in token.Token.Top ?? [])
            {
                top.TryAdd(Text(BytesOf(alternative)), Finite(alternative.LogProb));
            }
            tops.Add(top);
        }
        return new TextLogProbs(texts, values, tops, offsets);
    }

    private ReadOnlyMemory<byte> BytesOf(TokenLogProb token) => tokenizer.BytesOf(token.Id, showControl: true);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static int[] Bytes(ReadOnlyMemory<byte> bytes) => [.. bytes.ToArray().Select(b => (int)b)];

    private static float Finite(float? value) => value is float number && float.IsFinite(number) ? number : Impossible;
}
