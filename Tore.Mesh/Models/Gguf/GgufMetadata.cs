using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Gguf;

/// <summary>
/// The metadata of a model file, read from the mapping when asked. An absent key is the caller's business (false, or the
/// fallback given); a key of another type than asked for, or out of the asked range, is <c>model_bad_value</c>.
/// </summary>
public sealed class GgufMetadata
{
    private readonly GgufPart _part;
    private readonly Dictionary<string, GgufValue> _values;

    internal GgufMetadata(GgufPart part)
    {
        _part = part;
        _values = part.Header.Values;
    }

    /// <summary>Number of entries.</summary>
    public int Count => _values.Count;

    /// <summary>Keys in the order of the file.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>Whether the key is there.</summary>
    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>Type of a value, or null where the key is absent.</summary>
    public GgufValueType? TypeOf(string key) => _values.TryGetValue(key, out GgufValue value) ? value.Type : null;

    /// <summary>Type of an array's elements, or null where the key is absent or no array.</summary>
    public GgufValueType? ElementTypeOf(string key) =>
        _values.TryGetValue(key, out GgufValue value) && value.Type == GgufValueType.Array ? value.ElementType : null;

    /// <summary>Elements of an array, 1 for any other value, 0 for an absent key.</summary>
    public int ElementCount(string key) =>
        !_values.TryGetValue(key, out GgufValue value) ? 0 : value.Type == GgufValueType.Array ? (int)value.Count : 1;

    /// <summary>A string; it must be UTF-8.</summary>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryGet(key, GgufValueType.String, out GgufValue value))
        {
            return false;
        }
        ReadOnlySpan<byte> bytes = _part.Slice(value.Payload, value.Count);
        text = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Bad(key, "is not UTF-8");
        return true;
    }

    /// <summary>A string that must be there.</summary>
    public string GetString(string key) => TryGetString(key, out string? text) ? text : throw Missing(key);

    /// <summary>A string, or what is given for an absent one.</summary>
    public string GetString(string key, string fallback) => TryGetString(key, out string? text) ? text : fallback;

    /// <summary>Any integer, signed or not, of any width.</summary>
    public bool TryGetInteger(string key, out long number)
    {
        number = 0;
        if (!_values.TryGetValue(key, out GgufValue value))
        {
            return false;
        }
        ReadOnlySpan<byte> bytes = _part.Slice(value.Start, value.End - value.Start);
        number = value.Type switch
        {
            GgufValueType.UInt8 => bytes[0],
            GgufValueType.Int8 => (sbyte)bytes[0],
            GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            GgufValueType.UInt64 when BinaryPrimitives.ReadInt64LittleEndian(bytes) < 0 =>
                throw Bad(key, "is larger than any integer that makes sense here"),
            GgufValueType.UInt64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => throw WrongType(key, value, "an integer"),
        };
        return true;
    }

    /// <summary>An integer from 0 to 2^32 - 1.</summary>
    public bool TryGetUInt32(string key, out uint number)
    {
        bool found = TryGetInteger(key, out long wide);
        number = wide is >= 0 and <= uint.MaxValue ? (uint)wide : throw Bad(key, $"is {wide}; it must be from 0 to {uint.MaxValue}");
        return found;
    }

    /// <summary>An integer from 0 to 2^32 - 1 that must be there.</summary>
    public uint GetUInt32(string key) => TryGetUInt32(key, out uint number) ? number : throw Missing(key);

    /// <summary>An integer from 0 to 2^32 - 1, or what is given for an absent one.</summary>
    public uint GetUInt32(string key, uint fallback) => TryGetUInt32(key, out uint number) ? number : fallback;

    /// <summary>A finite number stored as a float of either width.</summary>
    public bool TryGetFloat(string key, out double number)
    {
        number = 0;
        if (!_values.TryGetValue(key, out GgufValue value))
        {
            return false;
        }
        ReadOnlySpan<byte> bytes = _part.Slice(value.Start, value.End - value.Start);
        number = value.Type switch
        {
            GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            _ => throw WrongType(key, value, "a floating-point number"),
        };
        return double.IsFinite(number) ? true : throw Bad(key, "is not a finite number");
    }

    /// <summary>A finite number that must be there.</summary>
    public double GetFloat(string key) => TryGetFloat(key, out double number) ? number : throw Missing(key);

    /// <summary>A finite number, or what is given for an absent one.</summary>
    public double GetFloat(string key, double fallback) => TryGetFloat(key, out double number) ? number : fallback;

    /// <summary>A boolean.</summary>
    public bool TryGetBool(string key, out bool truth)
    {
        truth = TryGet(key, GgufValueType.Bool, out GgufValue value) && _part.Slice(value.Payload, 1)[0] == 1;
        return value.End != 0;
    }

    /// <summary>A boolean, or what is given for an absent one.</summary>
    public bool GetBool(string key, bool fallback) => TryGetBool(key, out bool truth) ? truth : fallback;

    /// <summary>An array of strings, as slices of the file.</summary>
    public bool TryGetStrings(string key, [NotNullWhen(true)] out GgufStringArray? strings)
    {
        strings = TryGetArray(key, out GgufValue value, "strings", GgufValueType.String) ? new GgufStringArray(_part, value) : null;
        return strings is not null;
    }

    /// <summary>An array of 32-bit floats, copied.</summary>
    public bool TryGetFloats(string key, [NotNullWhen(true)] out float[]? numbers)
    {
        numbers = TryGetArray(key, out GgufValue value, "32-bit floats", GgufValueType.Float32) ? Copy<float>(value) : null;
        return numbers is not null;
    }

    /// <summary>An array of 32-bit integers, signed or not, copied; unsigned ones beyond 2^31 wrap.</summary>
    public bool TryGetInt32s(string key, [NotNullWhen(true)] out int[]? numbers)
    {
        bool found = TryGetArray(key, out GgufValue value, "32-bit integers", GgufValueType.Int32, GgufValueType.UInt32);
        numbers = found ? Copy<int>(value) : null;
        return found;
    }

    /// <summary>The stored bytes of a value after its type tag, and that tag; for the manifest.</summary>
    internal ReadOnlySpan<byte> StoredValue(string key, out GgufValueType type)
    {
        GgufValue value = _values[key];
        type = value.Type;
        return _part.Slice(value.Start, value.End - value.Start);
    }

    /// <summary>The error for a value that was read but makes no sense to the reader.</summary>
    internal ToreException Bad(string key, string what) => GgufFault.BadValue(_part.Path, $"metadata key '{key}' {what}");

    private T[] Copy<T>(GgufValue value)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(_part.Slice(value.Payload, value.End - value.Payload)).ToArray();

    private bool TryGet(string key, GgufValueType type, out GgufValue value) =>
        _values.TryGetValue(key, out value) && (value.Type == type ? true : throw WrongType(key, value, $"of type {type}"));

    private bool TryGetArray(string key, out GgufValue value, string what, params ReadOnlySpan<GgufValueType> elements) =>
        _values.TryGetValue(key, out value)
        && (value.Type == GgufValueType.Array && elements.Contains(value.ElementType)
            ? true
            : throw WrongType(key, value, $"an array of {what}"));

    private ToreException WrongType(string key, GgufValue value, string wanted) =>
        Bad(key, $"is {(value.Type == GgufValueType.Array ? $"an array of {value.ElementType}" : $"of type {value.Type}")}, not {wanted}");

    private ToreException Missing(string key) => GgufFault.BadValue(_part.Path, $"metadata key '{key}' is missing");
}
