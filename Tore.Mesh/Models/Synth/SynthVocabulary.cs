using System.Globalization;

namespace Tore.Mesh.Models.Synth;

/// <summary>
/// A made-up SentencePiece vocabulary: the three special tokens, the 256 bytes, then pieces, the shortest first: single
/// characters, and every longer string of common letters, so that each piece is some earlier piece and one letter, and
/// merging by score can reach it.
/// </summary>
internal static class SynthVocabulary
{
    /// <summary>Tokens before the first piece.</summary>
    public const int FirstPiece = 3 + 256;

    /// <summary>The special tokens, the bytes and one piece.</summary>
    public const int LeastTokens = FirstPiece + 1;

    private const string Letters = "▁etaoinshrdlucmfwgypbvkjxqz";
    private const string Others = ".,'\"!?-:;()0123456789ETAOINSHRDLUCMFWGYPBVKJXQZ";

    /// <summary>Token types as GGUF numbers them.</summary>
    private enum Kind
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        Byte = 6,
    }

    /// <summary>The texts of all tokens.</summary>
    public static string[] Texts(int count)
    {
        var texts = new List<string>(count) { "<unk>", "<s>", "</s>" };
        for (int i = 0; i < 256; i++)
        {
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"<0x{i:X2}>"));
        }
        texts.AddRange(Letters.Select(letter => letter.ToString()));
        int shorter = FirstPiece;
        texts.AddRange(Others.Select(letter => letter.ToString()));
        int singles = FirstPiece + Letters.Length;
        for (; texts.Count < count; shorter++)
        {
            // Pieces of other characters stay single.
            if (shorter < singles || shorter >= singles + Others.Length)
            {
                texts.AddRange(Letters.Select(letter => texts[shorter] + letter));
            }
        }
        return [.. texts.Take(count)];
    }

    /// <summary>The scores: earlier pieces are merged first.</summary>
    public static float[] Scores(int count) => [.. Enumerable.Range(0, count).Select(id => id < FirstPiece ? 0f : FirstPiece - 1f - id)];

    /// <summary>The types of all tokens.</summary>
    public static int[] Types(int count) =>
    [
        .. Enumerable.Range(0, count).Select(id => (int)(id switch
        {
            0 => Kind.Unknown,
            < 3 => Kind.Control,
            < FirstPiece => Kind.Byte,
            _ => Kind.Normal,
        })),
    ];
}
