using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <content>Skipping what a newer writer added.</content>
internal ref partial struct MessagePackReader
{
    /// <summary>Skips <paramref name="count"/> values of any kind, nested at most <see cref="Limits.WireDepth"/> deep.</summary>
    public bool TrySkip(int count) => TrySkip(count, Limits.WireDepth);

    private bool TrySkip(long count, int depth)
    {
        for (; count > 0; count--)
        {
            if (!TryTake(1, out ReadOnlySpan<byte> taken))
            {
                return false;
            }
            byte head = taken[0];
            // A value is its head, then so many bytes, then so many values.
            if (!TryMeasure(head, out long bytes, out long values) || bytes > Remaining)
            {
                return Fail(WireFailure.Malformed);
            }
            _position += (int)bytes;
            if (values == 0)
            {
                continue;
            }
            if (depth == 0)
            {
                return Fail(WireFailure.Limit);
            }
            if (values > Remaining || !TrySkip(values, depth - 1))
            {
                return Fail(WireFailure.Malformed);
            }
        }
        return true;
    }

    private bool TryMeasure(byte head, out long bytes, out long values)
    {
        bytes = 0;
        values = 0;
        uint length = 0;
        switch (head)
        {
            case <= 0x7f or >= 0xe0 or 0xc0 or 0xc2 or 0xc3: // fixint, nil, bool
                return true;
            case <= 0x8f: // fixmap
                values = 2 * (head & 0x0f);
                return true;
            case <= 0x9f: // fixarray
                values = head & 0x0f;
                return true;
            case <= 0xbf: // fixstr
                bytes = head & 0x1f;
                return true;
            case 0xc4 or 0xc5 or 0xc6 when TryReadBigEndian(1 << (head - 0xc4), out length): // bin
            case 0xd9 or 0xda or 0xdb when TryReadBigEndian(1 << (head - 0xd9), out length): // str
                bytes = length;
                return true;
            case 0xc7 or 0xc8 or 0xc9 when TryReadBigEndian(1 << (head - 0xc7), out length): // ext: type, then the bytes
                bytes = 1L + length;
                return true;
            case 0xca or 0xce or 0xd2: // float 32, uint 32, int 32
                bytes = 4;
                return true;
            case 0xcb or 0xcf or 0xd3: // float 64, uint 64, int 64
                bytes = 8;
                return true;
            case 0xcc or 0xd0: // uint 8, int 8
                bytes = 1;
                return true;
            case 0xcd or 0xd1: // uint 16, int 16
                bytes = 2;
                return true;
            case >= 0xd4 and <= 0xd8: // fixext 1, 2, 4, 8, 16
                bytes = 1 + (1 << (head - 0xd4));
                return true;
            case 0xdc or 0xdd when TryReadBigEndian(2 << (head - 0xdc), out length): // array
                values = length;
                return true;
            case 0xde or 0xdf when TryReadBigEndian(2 << (head - 0xde), out length): // map
                values = 2L * length;
                return true;
            default: // 0xc1 is never used; or the length itself is cut off
                return false;
        }
    }
}
