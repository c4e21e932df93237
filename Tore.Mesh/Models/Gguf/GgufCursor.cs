using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Gguf;

/// <summary>
/// Reads the head of a GGUF file front to back. Every read is checked against the bytes that are left, every count against
/// its limit and against the bytes that so many items would need, before anything is allocated for them.
/// </summary>
internal unsafe ref struct GgufCursor(byte* start, long length, string file)
{
    private readonly byte* _start = start;

    /// <summary>Bytes of the whole file.</summary>
    public long Length { get; } = length;

    /// <summary>Path, for messages.</summary>
    public string File { get; } = file;

    /// <summary>What is being read, for messages: <c>metadata key 'x'</c>.</summary>
    public string Subject { get; set; } = "the header";

    /// <summary>Offset of the next byte.</summary>
    public long Position { get; private set; }

    private readonly long Remaining => Length - Position;

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Moves over <paramref name="bytes"/> bytes and returns them.</summary>
    public ReadOnlySpan<byte> Take(long bytes)
    {
        if (bytes > Remaining)
        {
            throw GgufFault.Truncated(File, $"{Subject} needs {bytes} bytes at offset {Position}, but the file ends at {Length}");
        }
        if (Position + bytes > Limits.GgufMetadataBytes)
        {
            throw GgufFault.Limit(File, $"its metadata go beyond {Limits.GgufMetadataBytes} bytes (at {Subject})");
        }
        var taken = new ReadOnlySpan<byte>(_start + Position, (int)bytes);
        Position += bytes;
        return taken;
    }

    /// <summary>Reads a 64-bit count of items that take at least <paramref name="leastBytes"/> each.</summary>
    public int ReadCount(int limit, int leastBytes, string items)
    {
        ulong count = ReadUInt64();
        if (count > (ulong)limit)
        {
            throw GgufFault.Limit(File, $"{Subject} declares {count} {items}; at most {limit} are accepted");
        }
        if ((long)count * leastBytes > Remaining)
        {
            throw GgufFault.Truncated(File, $"{Subject} declares {count} {items}, more than the {Remaining} bytes left can hold");
        }
        return (int)count;
    }

    /// <summary>Reads a string that must be UTF-8: a key or a tensor name.</summary>
    public string ReadName(int limitBytes, string what)
    {
        ReadOnlySpan<byte> bytes = Take(ReadCount(limitBytes, 1, $"bytes of {what}"));
        if (bytes.IsEmpty)
        {
            throw GgufFault.Malformed(File, $"{Subject} has an empty {what}");
        }
        if (!Utf8.IsValid(bytes))
        {
            throw GgufFault.Malformed(
                File,
                $"{Subject} has a {what} that is not UTF-8: {Encoding.Latin1.GetString(bytes[..Math.Min(64, bytes.Length)])}");
        }
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads a type tag.</summary>
    public GgufValueType ReadValueType()
    {
        uint tag = ReadUInt32();
        return tag <= (uint)GgufValueType.Float64
            ? (GgufValueType)tag
            : throw GgufFault.Malformed(File, $"{Subject} has value type {tag}, which GGUF does not define (0 to 12)");
    }

    /// <summary>Checks the value of this type that comes next, moves over it and says where it is.</summary>
    public GgufValue ReadValue(GgufValueType type, int depth = 0)
    {
        long at = Position;
        switch (type)
        {
            case GgufValueType.String:
                int bytes = ReadCount(Limits.GgufStringBytes, 1, "bytes of text");
                Take(bytes);
                return new GgufValue(type, type, at, Position - bytes, bytes, Position);
            case GgufValueType.Array:
                return ReadArray(depth);
            case GgufValueType.Bool:
                byte truth = Take(1)[0];
                return truth <= 1
                    ? new GgufValue(type, type, at, at, 1, Position)
                    : throw GgufFault.Malformed(File, $"{Subject} is a boolean with the value {truth}; only 0 and 1 are");
            default:
                Take(SizeOf(type));
                return new GgufValue(type, type, at, at, 1, Position);
        }
    }

    /// <summary>Stored bytes of a number or boolean.</summary>
    public static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        GgufValueType.String => 8,
        GgufValueType.Array => 12,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private GgufValue ReadArray(int depth)
    {
        if (depth >= Limits.GgufArrayDepth)
        {
            throw GgufFault.Limit(File, $"{Subject} nests arrays more than {Limits.GgufArrayDepth} deep");
        }
        long at = Position;
        GgufValueType element = ReadValueType();
        int leastBytes = SizeOf(element);
        int count = ReadCount(Limits.GgufArrayElements, leastBytes, "array elements");
        long payload = Position;
        if (element is GgufValueType.String or GgufValueType.Array or GgufValueType.Bool)
        {
            for (int i = 0; i < count; i++)
            {
                ReadValue(element, depth + 1);
            }
        }
        else
        {
            Take((long)count * leastBytes);
        }
        return new GgufValue(GgufValueType.Array, element, at, payload, count, Position);
    }
}
