using System.Buffers.Binary;
using System.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// Reads MessagePack from a stranger. Every method returns false instead of throwing and leaves the reason in
/// <see cref="Failure"/>; lengths and counts are checked against what is there and against their limit before anything is
/// allocated. Any width of an integer is taken, not only the shortest.
/// </summary>
internal ref partial struct MessagePackReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    /// <summary>Reads <paramref name="data"/> from its start.</summary>
    public MessagePackReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Why a method returned false; the first reason stays.</summary>
    public WireFailure Failure { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Consumed => _position;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _data.Length - _position;

    /// <summary>Reads nil if it is next; otherwise reads nothing and is false, which is no failure.</summary>
    public bool TryReadNil()
    {
        if (Remaining == 0 || _data[_position] != 0xc0)
        {
            return false;
        }
        _position++;
        return true;
    }

    /// <summary>bool</summary>
    public bool TryRead(out bool value)
    {
        value = false;
        if (!TryTake(1, out ReadOnlySpan<byte> head) || head[0] is not (0xc2 or 0xc3))
        {
            return Fail(WireFailure.Malformed);
        }
        value = head[0] == 0xc3;
        return true;
    }

    /// <summary>int from 0 to 2^64 - 1</summary>
    public bool TryRead(out ulong value) => TryReadInteger(out value, out bool negative) && (!negative || Fail(WireFailure.Malformed));

    /// <summary>int from -2^63 to 2^63 - 1</summary>
    public bool TryRead(out long value)
    {
        bool read = TryReadInteger(out ulong bits, out bool negative);
        value = (long)bits;
        return read && (negative || value >= 0 || Fail(WireFailure.Malformed));
    }

    /// <summary>int from 0 to 2^32 - 1</summary>
    public bool TryRead(out uint value)
    {
        bool read = TryRead(out ulong wide);
        value = (uint)wide;
        return read && (wide <= uint.MaxValue || Fail(WireFailure.Malformed));
    }

    /// <summary>int from -2^31 to 2^31 - 1</summary>
    public bool TryRead(out int value)
    {
        bool read = TryRead(out long wide);
        value = (int)wide;
        return read && (wide == value || Fail(WireFailure.Malformed));
    }

    /// <summary>int from 0 to 2^31 - 1: a count, position, token or layer</summary>
    public bool TryReadCount(out int value) => TryRead(out value) && (value >= 0 || Fail(WireFailure.Malformed));

    /// <summary>float 32, every bit kept</summary>
    public bool TryRead(out float value)
    {
        value = 0;
        if (!TryTake(5, out ReadOnlySpan<byte> bytes) || bytes[0] != 0xca)
        {
            return Fail(WireFailure.Malformed);
        }
        value = BinaryPrimitives.ReadSingleBigEndian(bytes[1..]);
        return true;
    }

    /// <summary>float 64, every bit kept</summary>
    public bool TryRead(out double value)
    {
        value = 0;
        if (!TryTake(9, out ReadOnlySpan<byte> bytes) || bytes[0] != 0xcb)
        {
            return Fail(WireFailure.Malformed);
        }
        value = BinaryPrimitives.ReadDoubleBigEndian(bytes[1..]);
        return true;
    }

    /// <summary>
    /// str of at most <paramref name="bytesMax"/> bytes of valid UTF-8; control characters come as U+FFFD (<see cref="PlainText"/>)
    /// </summary>
    public bool TryRead(int bytesMax, out string value)
    {
        value = "";
        if (!TryTake(1, out ReadOnlySpan<byte> head))
        {
            return false;
        }
        uint length;
        if ((head[0] & 0xe0) == 0xa0)
        {
            length = head[0] & 0x1fu;
        }
        else if (head[0] is not (0xd9 or 0xda or 0xdb) || !TryReadBigEndian(1 << (head[0] - 0xd9), out length))
        {
            return Fail(WireFailure.Malformed);
        }
        if (length > bytesMax)
        {
            return Fail(WireFailure.Limit);
        }
        if (!TryTake((int)length, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }
        try
        {
            value = PlainText.Of(StrictUtf8.GetString(bytes));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return Fail(WireFailure.Malformed);
        }
    }

    /// <summary>bin of at most <paramref name="bytesMax"/> bytes; the bytes are lent from the input</summary>
    public bool TryReadBinary(int bytesMax, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryTake(1, out ReadOnlySpan<byte> head) || head[0] is not (0xc4 or 0xc5 or 0xc6)
            || !TryReadBigEndian(1 << (head[0] - 0xc4), out uint length))
        {
            return Fail(WireFailure.Malformed);
        }
        return length > bytesMax ? Fail(WireFailure.Limit) : TryTake((int)length, out value);
    }

    /// <summary>The head of an array of at most <paramref name="countMax"/> values, every one of which takes a byte at least.</summary>
    public bool TryReadArrayHeader(int countMax, out int count)
    {
        count = 0;
        if (!TryTake(1, out ReadOnlySpan<byte> head))
        {
            return false;
        }
        uint claimed;
        if ((head[0] & 0xf0) == 0x90)
        {
            claimed = head[0] & 0x0fu;
        }
        else if (head[0] is not (0xdc or 0xdd) || !TryReadBigEndian(2 << (head[0] - 0xdc), out claimed))
        {
            return Fail(WireFailure.Malformed);
        }
        if (claimed > countMax)
        {
            return Fail(WireFailure.Limit);
        }
        count = (int)claimed;
        return count <= Remaining || Fail(WireFailure.Malformed);
    }

    /// <summary>The head of a message's array: at least <paramref name="known"/> fields, and how many a newer writer added.</summary>
    public bool TryReadFields(int known, out int added)
    {
        bool read = TryReadArrayHeader(int.MaxValue, out int count);
        added = count - known;
        return read && (added >= 0 || Fail(WireFailure.Malformed));
    }

    /// <summary>For a message whose fields are each well formed and do not fit together: sets the reason and is false.</summary>
    public bool Refuse(WireFailure failure) => Fail(failure);

    private bool TryReadInteger(out ulong bits, out bool negative)
    {
        bits = 0;
        negative = false;
        if (!TryTake(1, out ReadOnlySpan<byte> head))
        {
            return false;
        }
        byte first = head[0];
        if (first <= 0x7f)
        {
            bits = first;
            return true;
        }
        if (first >= 0xe0)
        {
            bits = (ulong)(sbyte)first;
            negative = true;
            return true;
        }
        if (first is < 0xcc or > 0xd3)
        {
            return Fail(WireFailure.Malformed);
        }
        bool signed = first >= 0xd0;
        if (!TryTake(1 << (first - (signed ? 0xd0 : 0xcc)), out ReadOnlySpan<byte> bytes))
        {
            return false;
        }
        // Sign extension: the first byte carries the sign of the signed forms.
        bits = signed && bytes[0] >= 0x80 ? ulong.MaxValue : 0;
        negative = bits != 0;
        foreach (byte part in bytes)
        {
            bits = (bits << 8) | part;
        }
        return true;
    }

    private bool TryReadBigEndian(int width, out uint value)
    {
        value = 0;
        if (!TryTake(width, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }
        foreach (byte part in bytes)
        {
            value = (value << 8) | part;
        }
        return true;
    }

    private bool TryTake(int length, out ReadOnlySpan<byte> bytes)
    {
        if (Remaining < length)
        {
            bytes = default;
            return Fail(WireFailure.Malformed);
        }
        bytes = _data.Slice(_position, length);
        _position += length;
        return true;
    }

    private bool Fail(WireFailure failure)
    {
        if (Failure == WireFailure.None)
        {
            Failure = failure;
        }
        return false;
    }
}
