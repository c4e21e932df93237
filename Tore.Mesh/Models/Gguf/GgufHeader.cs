using System.Numerics;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Gguf;

/// <summary>
/// The head of one GGUF file (version 2 or 3, little-endian), checked: where each metadata value lies, and each tensor.
/// Source: the GGUF specification of the ggml project (docs/gguf.md there).
/// </summary>
internal sealed class GgufHeader
{
    /// <summary>Alignment of tensor data where the file names none.</summary>
    public const int DefaultAlignment = 32;

    private const uint Magic = 0x46554747;
    private const uint SwappedMagic = 0x47475546;
    private const int LeastEntryBytes = 8 + 1 + 4 + 1;
    private const int LeastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;

    private GgufHeader(int version, Dictionary<string, GgufValue> values, List<GgufTensor> tensors, int alignment)
    {
        Version = version;
        Values = values;
        Tensors = tensors;
        Alignment = alignment;
    }

    public int Version { get; }

    /// <summary>Metadata in the order of the file.</summary>
    public Dictionary<string, GgufValue> Values { get; }

    /// <summary>Tensors in the order of the file.</summary>
    public List<GgufTensor> Tensors { get; }

    public int Alignment { get; }

    /// <summary>Reads and checks the head of a file of <paramref name="length"/> bytes mapped at <paramref name="start"/>.</summary>
    public static unsafe GgufHeader Read(byte* start, long length, string file, int part)
    {
        var cursor = new GgufCursor(start, length, file);
        int version = ReadVersion(ref cursor);
        int tensorCount = cursor.ReadCount(Limits.GgufTensors, LeastTensorBytes, "tensors");
        int entryCount = cursor.ReadCount(Limits.GgufMetadataEntries, LeastEntryBytes, "metadata entries");
        Dictionary<string, GgufValue> values = ReadMetadata(ref cursor, entryCount);
        int alignment = ReadAlignment(values, start, file);
        List<GgufTensor> tensors = ReadTensors(ref cursor, tensorCount, part);
        long dataStart = (cursor.Position + alignment - 1) / alignment * alignment;
        Place(tensors, dataStart, alignment, length, file);
        return new GgufHeader(version, values, tensors, alignment);
    }

    private static int ReadVersion(ref GgufCursor cursor)
    {
        uint magic = cursor.ReadUInt32();
        if (magic != Magic)
        {
            throw GgufFault.Malformed(cursor.File, magic == SwappedMagic
                ? "this is a big-endian GGUF file; only little-endian ones are read"
                : $"this is no GGUF file: it begins with 0x{magic:x8}, not with 'GGUF'");
        }
        uint version = cursor.ReadUInt32();
        return version switch
        {
            2 or 3 => (int)version,
            0x02000000 or 0x03000000 => throw GgufFault.Malformed(
                cursor.File,
                "this is a big-endian GGUF file; only little-endian ones are read"),
            _ => throw GgufFault.Malformed(cursor.File, $"it has GGUF version {version}; versions 2 and 3 are read"),
        };
    }

    private static Dictionary<string, GgufValue> ReadMetadata(ref GgufCursor cursor, int count)
    {
        var values = new Dictionary<string, GgufValue>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            cursor.Subject = $"metadata entry {i}";
            string key = cursor.ReadName(Limits.GgufKeyBytes, "key");
            cursor.Subject = $"metadata key '{key}'";
            if (!values.TryAdd(key, cursor.ReadValue(cursor.ReadValueType())))
            {
                throw GgufFault.Malformed(cursor.File, $"{cursor.Subject} stands there twice");
            }
        }
        return values;
    }

    private static unsafe int ReadAlignment(Dictionary<string, GgufValue> values, byte* start, string file)
    {
        const string Key = "general.alignment";
        if (!values.TryGetValue(Key, out GgufValue value))
        {
            return DefaultAlignment;
        }
        if (value.Type != GgufValueType.UInt32)
        {
            throw GgufFault.BadValue(file, $"metadata key '{Key}' is of type {value.Type}, it must be UInt32");
        }
        uint alignment = *(uint*)(start + value.Payload);
        return alignment is >= 8 and <= Limits.GgufAlignmentBytes && BitOperations.IsPow2(alignment)
            ? (int)alignment
            : throw GgufFault.Malformed(file, $"'{Key}' is {alignment}; it must be a power of two from 8 to {Limits.GgufAlignmentBytes}");
    }

    private static List<GgufTensor> ReadTensors(ref GgufCursor cursor, int count, int part)
    {
        var tensors = new List<GgufTensor>(count);
        var names = new HashSet<string>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            cursor.Subject = $"tensor {i}";
            string name = cursor.ReadName(Limits.GgufTensorNameBytes, "name");
            cursor.Subject = $"tensor '{name}'";
            if (!names.Add(name))
            {
                throw GgufFault.Malformed(cursor.File, $"{cursor.Subject} stands there twice");
            }
            tensors.Add(ReadTensor(ref cursor, name, part));
        }
        return tensors;
    }

    private static GgufTensor ReadTensor(ref GgufCursor cursor, string name, int part)
    {
        uint rank = cursor.ReadUInt32();
        if (rank is < 1 or > 4)
        {
            throw GgufFault.Malformed(cursor.File, $"tensor '{name}' has {rank} dimensions; there can be 1 to 4");
        }
        var dimensions = new long[rank];
        long elements = 1;
        for (int d = 0; d < rank; d++)
        {
            ulong dimension = cursor.ReadUInt64();
            if (dimension == 0)
            {
                throw GgufFault.Malformed(cursor.File, $"dimension {d} of tensor '{name}' is 0");
            }
            if (dimension > (ulong)(Limits.GgufTensorElements / elements))
            {
                throw GgufFault.Limit(
                    cursor.File,
                    $"dimension {d} of tensor '{name}' is {dimension}, more than {Limits.GgufTensorElements} elements in all");
            }
            dimensions[d] = (long)dimension;
            elements *= (long)dimension;
        }
        uint type = cursor.ReadUInt32();
        ulong offset = cursor.ReadUInt64();
        if (type > int.MaxValue)
        {
            throw GgufFault.Malformed(cursor.File, $"tensor '{name}' has type {type}, which no file can mean");
        }
        // Held as stored until Place has checked it against the file; a value beyond long is out of any file.
        long bytes = BytesOf(cursor.File, name, (int)type, dimensions);
        return new GgufTensor(name, (int)type, dimensions, part, (long)Math.Min(offset, long.MaxValue), bytes);
    }

    private static long BytesOf(string file, string name, int type, long[] dimensions)
    {
        if (!GgufTensorTypes.TryGetBlock(type, out int blockElements, out int blockBytes))
        {
            return -1;
        }
        if (dimensions[0] % blockElements != 0)
        {
            throw GgufFault.Malformed(
                file,
                $"rows of tensor '{name}' have {dimensions[0]} elements, which is no multiple of {blockElements}, the block of "
                + $"{GgufTensorTypes.NameOf(type)}");
        }
        return dimensions.Aggregate(1L, (product, dimension) => product * dimension) / blockElements * blockBytes;
    }

    /// <summary>Turns offsets within the data into offsets within the file, each tensor inside it and none over another.</summary>
    private static void Place(List<GgufTensor> tensors, long dataStart, int alignment, long length, string file)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            GgufTensor tensor = tensors[i];
            if (tensor.Offset % alignment != 0)
            {
                throw GgufFault.Malformed(
                    file,
                    $"tensor '{tensor.Name}' begins at {tensor.Offset}, which is no multiple of the alignment {alignment}");
            }
            // Of an unknown type nothing but its first byte is certain.
            long bytes = Math.Max(tensor.Bytes, 1);
            if (dataStart > length || tensor.Offset > length - dataStart || bytes > length - dataStart - tensor.Offset)
            {
                throw GgufFault.Truncated(
                    file,
                    $"tensor '{tensor.Name}' takes {bytes} bytes at {tensor.Offset} of the data, which begin at {dataStart}, but the "
                    + $"file has {length} bytes");
            }
            tensors[i] = tensor with { Offset = dataStart + tensor.Offset };
        }
        GgufTensor? previous = null;
        foreach (GgufTensor tensor in tensors.OrderBy(tensor => tensor.Offset))
        {
            if (previous is not null && tensor.Offset - previous.Offset < Math.Max(previous.Bytes, 1))
            {
                throw GgufFault.Malformed(file, $"tensors '{previous.Name}' and '{tensor.Name}' overlap");
            }
            previous = tensor;
        }
    }
}
