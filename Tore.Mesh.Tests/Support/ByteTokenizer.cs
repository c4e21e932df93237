using System.Text;
using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Tests.Support;

/// <summary>A vocabulary of the 256 bytes and one end token: every text is its UTF-8.</summary>
internal sealed class ByteTokenizer : ITokenizer
{
    public const int End = 256;

    private static readonly byte[] AllBytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

    public int VocabularySize => 257;

    public int? BosId => null;

    public int? EosId => End;

    public IReadOnlySet<int> EndIds { get; } = new HashSet<int> { End };

    public bool DropsLeadingSpace => false;

    public void Encode(ReadOnlySpan<char> text, bool addSpecial, bool parseSpecial, List<int> ids) =>
        ids.AddRange(Encoding.UTF8.GetBytes(text.ToString()).Select(b => (int)b));

    public void EncodePrompt(IReadOnlyList<TextSegment> segments, List<int> ids)
    {
        foreach (TextSegment segment in segments)
        {
            Encode(segment.Text, addSpecial: false, segment.Trusted, ids);
        }
    }

    public ReadOnlyMemory<byte> BytesOf(int id, bool showControl = false) =>
        id < 256 ? AllBytes.AsMemory(id, 1) : showControl ? "<end>"u8.ToArray() : ReadOnlyMemory<byte>.Empty;
}
