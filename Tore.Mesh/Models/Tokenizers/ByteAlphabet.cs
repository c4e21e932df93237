using System.Text;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// The printable stand-ins that byte-level BPE vocabularies write for bytes (Radford et al. 2019, GPT-2): printable Latin-1
/// characters stand for themselves, the other 68 bytes for U+0100 and on, in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] CharOfByte = MakeCharOfByte();
    private static readonly short[] ByteOfChar = MakeByteOfChar();

    /// <summary>The stand-in of a byte.</summary>
    public static char CharOf(byte value) => CharOfByte[value];

    /// <summary>Appends the bytes that a token's text stands for; a character that is no stand-in gives its own UTF-8.</summary>
    public static void AppendBytes(string text, List<byte> bytes)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value < ByteOfChar.Length && ByteOfChar[rune.Value] >= 0)
            {
                bytes.Add((byte)ByteOfChar[rune.Value]);
            }
            else
            {
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            }
        }
    }

    private static short[] MakeByteOfChar()
    {
        short[] table = new short[512];
        Array.Fill(table, (short)-1);
        for (int value = 0; value < 256; value++)
        {
            table[CharOfByte[value]] = (short)value;
        }
        return table;
    }

    private static char[] MakeCharOfByte()
    {
        char[] table = new char[256];
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
            table[value] = printable ? (char)value : (char)next++;
        }
        return table;
    }
}
