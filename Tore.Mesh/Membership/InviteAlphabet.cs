namespace Tore.Mesh.Membership;

/// <summary>
/// Bytes as text that people can copy: base 32 over digits and the letters without I, L, O and U. Read without regard to case; O is
/// taken for 0, I and L for 1; spaces, line ends and dashes are passed over. All of it is in the dense set of QR codes.
/// </summary>
internal static class InviteAlphabet
{
    private const string Characters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int BitsPerCharacter = 5;

    /// <summary>The text of some bytes; the last character is filled up with zero bits.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * 8) + BitsPerCharacter - 1) / BitsPerCharacter];
        int written = 0, bits = 0, held = 0;
        foreach (byte value in bytes)
        {
            held = (held << 8) | value;
            for (bits += 8; bits >= BitsPerCharacter; bits -= BitsPerCharacter)
            {
                text[written++] = Characters[(held >> (bits - BitsPerCharacter)) & 31];
            }
            held &= (1 << bits) - 1;
        }
        if (bits > 0)
        {
            text[written] = Characters[(held << (BitsPerCharacter - bits)) & 31];
        }
        return new string(text);
    }

    /// <summary>The bytes of a text; null when it has another character, or an end that <see cref="Write"/> does not make.</summary>
    public static byte[]? Read(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>(text.Length * BitsPerCharacter / 8);
        int bits = 0, held = 0;
        foreach (char character in text)
        {
            if (IsPassedOver(character))
            {
                continue;
            }
            int value = ValueOf(character);
            if (value < 0)
            {
                return null;
            }
            held = (held << BitsPerCharacter) | value;
            bits += BitsPerCharacter;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(held >> bits));
                held &= (1 << bits) - 1;
            }
        }
        return bits < BitsPerCharacter && held == 0 ? [.. bytes] : null;
    }

    /// <summary>Whether a character stands in a text for people only.</summary>
    public static bool IsPassedOver(char character) => character is ' ' or '-' or '\r' or '\n' or '\t';

    private static int ValueOf(char character) => char.ToUpperInvariant(character) switch
    {
        'O' => 0,
        'I' or 'L' => 1,
        var other => Characters.IndexOf(other, StringComparison.Ordinal),
    };
}
