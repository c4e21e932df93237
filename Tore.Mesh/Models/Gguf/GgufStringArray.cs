using System.Buffers.Binary;
using System.Text;

namespace Tore.Mesh.Models.Gguf;

/// <summary>
/// A metadata array of strings, left where it is in the file: 4 bytes of index a string, nothing copied. Elements are bytes
/// and need not be UTF-8 (a vocabulary may hold halves of characters). Valid until the file is disposed.
/// </summary>
public sealed class GgufStringArray
{
    private readonly GgufPart _part;
    private readonly GgufValue _value;
    private readonly uint[] _offsets;

    internal GgufStringArray(GgufPart part, GgufValue value)
    {
        _part = part;
        _value = value;
        // The head was checked when the file was opened: every element lies within it.
        _offsets = new uint[value.Count];
        ReadOnlySpan<byte> bytes = part.Slice(value.Payload, value.End - value.Payload);
        int at = 0;
        for (int i = 0; i < _offsets.Length; i++)
        {
            _offsets[i] = (uint)at;
            at += 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        }
    }

    /// <summary>Number of strings.</summary>
    public int Count => _offsets.Length;

    /// <summary>The bytes of one string.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            long start = _value.Payload + _offsets[index] + 8;
            long end = index + 1 < _offsets.Length ? _value.Payload + _offsets[index + 1] : _value.End;
            return _part.Slice(start, end - start);
        }
    }

    /// <summary>One string as text; bytes that are not UTF-8 become U+FFFD.</summary>
    public string TextAt(int index) => Encoding.UTF8.GetString(this[index]);
}
