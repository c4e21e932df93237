using System.Text;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// Ids in, text out, a token at a time: never half a character. Bytes that can no longer become a character are U+FFFD, at the
/// latest from <see cref="Finish"/>. One stream of tokens; not for two threads.
/// </summary>
public sealed class StreamDecoder
{
    private readonly ITokenizer _tokenizer;
    private readonly Decoder _utf8 = new UTF8Encoding(false).GetDecoder();
    private readonly bool _showControl;
    private char[] _chars = new char[64];
    private bool _dropSpace;

    /// <summary>Begins a stream.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="atStart">
    /// The tokens begin a text, so that a tokenizer which puts a space before the first word takes it off again. False where they
    /// go on from a prompt whose text the reader has.
    /// </param>
    /// <param name="showControl">Write control tokens as their text.</param>
    public StreamDecoder(ITokenizer tokenizer, bool atStart, bool showControl = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _dropSpace = atStart && tokenizer.DropsLeadingSpace;
        _showControl = showControl;
    }

    /// <summary>The text that a token completes; empty where it ends within a character.</summary>
    public string Push(int id)
    {
        ReadOnlySpan<byte> bytes = _tokenizer.BytesOf(id, _showControl).Span;
        if (bytes.Length > 0 && _dropSpace)
        {
            bytes = bytes[0] == (byte)' ' ? bytes[1..] : bytes;
            _dropSpace = false;
        }
        return Decode(bytes, flush: false);
    }

    /// <summary>What is left at the end of the stream: U+FFFD for a character that never became whole, else nothing.</summary>
    public string Finish() => Decode([], flush: true);

    /// <summary>The text of a whole sequence of tokens.</summary>
    public static string Decode(ITokenizer tokenizer, IEnumerable<int> ids, bool atStart, bool showControl = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        StreamDecoder decoder = new(tokenizer, atStart, showControl);
        StringBuilder text = new();
        foreach (int id in ids)
        {
            text.Append(decoder.Push(id));
        }
        return text.Append(decoder.Finish()).ToString();
    }

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        int most = bytes.Length + 8;
        if (_chars.Length < most)
        {
            _chars = new char[most * 2];
        }
        return new string(_chars, 0, _utf8.GetChars(bytes, _chars, flush));
    }
}
