using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Tore.Mesh.Wire;

/// <summary>
/// Writes MessagePack (github.com/msgpack/msgpack/blob/master/spec.md), always in the shortest form, so that equal values are
/// equal bytes. Nothing reaches the buffer's owner before <see cref="Flush"/>.
/// </summary>
internal ref partial struct MessagePackWriter
{
    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _used;

    /// <summary>Writes to <paramref name="output"/>.</summary>
    public MessagePackWriter(IBufferWriter<byte> output)
    {
        _output = output;
        _span = output.GetSpan();
    }

    /// <summary>Hands the written bytes over.</summary>
    public void Flush()
    {
        _output.Advance(_used);
        _span = default;
        _used = 0;
    }

    /// <summary>nil</summary>
    public void WriteNil() => Reserve(1)[0] = 0xc0;

    /// <summary>bool</summary>
    public void Write(bool value) => Reserve(1)[0] = value ? (byte)0xc3 : (byte)0xc2;

    /// <summary>int: positive fixint, uint 8, 16, 32 or 64</summary>
    public void Write(ulong value)
    {
        if (value <= 0x7f)
        {
            Reserve(1)[0] = (byte)value;
        }
        else if (value <= byte.MaxValue)
        {
            Span<byte> bytes = Reserve(2);
            bytes[0] = 0xcc;
            bytes[1] = (byte)value;
        }
        else if (value <= ushort.MaxValue)
        {
            Write16(0xcd, (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            Write32(0xce, (uint)value);
        }
        else
        {
            Write64(0xcf, value);
        }
    }

    /// <summary>int: what <see cref="Write(ulong)"/> does for 0 and above; below, negative fixint, int 8, 16, 32 or 64</summary>
    public void Write(long value)
    {
        if (value >= 0)
        {
            Write((ulong)value);
        }
        else if (value >= -32)
        {
            Reserve(1)[0] = (byte)value;
        }
        else if (value >= sbyte.MinValue)
        {
            Span<byte> bytes = Reserve(2);
            bytes[0] = 0xd0;
            bytes[1] = (byte)value;
        }
        else if (value >= short.MinValue)
        {
            Write16(0xd1, (ushort)value);
        }
        else if (value >= int.MinValue)
        {
            Write32(0xd2, (uint)value);
        }
        else
        {
            Write64(0xd3, (ulong)value);
        }
    }

    /// <inheritdoc cref="Write(long)"/>
    public void Write(int value) => Write((long)value);

    /// <inheritdoc cref="Write(ulong)"/>
    public void Write(uint value) => Write((ulong)value);

    /// <summary>float 32, every bit kept</summary>
    public void Write(float value) => Write32(0xca, BitConverter.SingleToUInt32Bits(value));

    /// <summary>float 64, every bit kept</summary>
    public void Write(double value) => Write64(0xcb, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>str (UTF-8), or nil for null</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNil();
            return;
        }
        int length = Encoding.UTF8.GetByteCount(value);
        if (length <= 31)
        {
            Reserve(1)[0] = (byte)(0xa0 | length);
        }
        else if (length <= byte.MaxValue)
        {
            Span<byte> bytes = Reserve(2);
            bytes[0] = 0xd9;
            bytes[1] = (byte)length;
        }
        else if (length <= ushort.MaxValue)
        {
            Write16(0xda, (ushort)length);
        }
        else
        {
            Write32(0xdb, (uint)length);
        }
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    /// <summary>bin</summary>
    public void WriteBinary(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(ReserveBinary(value.Length));
    }

    /// <summary>The head of an array; <paramref name="count"/> values must follow.</summary>
    public void WriteArrayHeader(int count)
    {
        if (count <= 15)
        {
            Reserve(1)[0] = (byte)(0x90 | count);
        }
        else if (count <= ushort.MaxValue)
        {
            Write16(0xdc, (ushort)count);
        }
        else
        {
            Write32(0xdd, (uint)count);
        }
    }

    /// <summary>The head of a bin and room for its bytes.</summary>
    private Span<byte> ReserveBinary(int length)
    {
        if (length <= byte.MaxValue)
        {
            Span<byte> bytes = Reserve(2);
            bytes[0] = 0xc4;
            bytes[1] = (byte)length;
        }
        else if (length <= ushort.MaxValue)
        {
            Write16(0xc5, (ushort)length);
        }
        else
        {
            Write32(0xc6, (uint)length);
        }
        return Reserve(length);
    }

    private void Write16(byte head, ushort value)
    {
        Span<byte> bytes = Reserve(3);
        bytes[0] = head;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], value);
    }

    private void Write32(byte head, uint value)
    {
        Span<byte> bytes = Reserve(5);
        bytes[0] = head;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], value);
    }

    private void Write64(byte head, ulong value)
    {
        Span<byte> bytes = Reserve(9);
        bytes[0] = head;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], value);
    }

    private Span<byte> Reserve(int length)
    {
        if (_span.Length - _used < length)
        {
            _output.Advance(_used);
            _used = 0;
            _span = _output.GetSpan(length);
        }
        Span<byte> room = _span.Slice(_used, length);
        _used += length;
        return room;
    }
}
