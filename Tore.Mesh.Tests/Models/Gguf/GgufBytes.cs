using System.Text;
using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Tests.Models.Gguf;

/// <summary>Builds GGUF files byte by byte, lies included: counts, offsets and types are written as given.</summary>
internal sealed class GgufBytes
{
    private readonly List<byte[]> _entries = [];
    private readonly List<byte[]> _tensors = [];

    public byte[] Magic { get; init; } = "GGUF"u8.ToArray();

    public uint Version { get; init; } = 3;

    public ulong? TensorCount { get; init; }

    public ulong? EntryCount { get; init; }

    public int Alignment { get; init; } = 32;

    public byte[] Data { get; init; } = new byte[256];

    /// <summary>The least that opens: an architecture and one F32 tensor of 8 elements.</summary>
    public static GgufBytes Small() => new GgufBytes().Text("general.architecture", "llama").Tensor("t", 0, 0, 8);

    public GgufBytes Text(string key, string value) => Raw(key, GgufValueType.String, TextBytes(value));

    public GgufBytes Number(string key, uint value) => Raw(key, GgufValueType.UInt32, BitConverter.GetBytes(value));

    public GgufBytes Raw(string key, GgufValueType type, params byte[][] payload) => Raw(Encoding.UTF8.GetBytes(key), (uint)type, payload);

    public GgufBytes Raw(byte[] key, uint type, params byte[][] payload)
    {
        _entries.Add(
        [
            .. BitConverter.GetBytes((ulong)key.Length), .. key, .. BitConverter.GetBytes(type), .. payload.SelectMany(bytes => bytes),
        ]);
        return this;
    }

    public GgufBytes Tensor(string name, uint type, ulong offset, params ulong[] dimensions)
    {
        _tensors.Add(
        [
            .. TextBytes(name), .. BitConverter.GetBytes((uint)dimensions.Length), .. dimensions.SelectMany(BitConverter.GetBytes),
            .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(offset),
        ]);
        return this;
    }

    public static byte[] TextBytes(string text) =>
        [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public static byte[] ArrayHead(GgufValueType element, ulong count) =>
        [.. BitConverter.GetBytes((uint)element), .. BitConverter.GetBytes(count)];

    public byte[] Build()
    {
        byte[] head =
        [
            .. Magic, .. BitConverter.GetBytes(Version),
            .. BitConverter.GetBytes(TensorCount ?? (ulong)_tensors.Count), .. BitConverter.GetBytes(EntryCount ?? (ulong)_entries.Count),
            .. _entries.SelectMany(bytes => bytes), .. _tensors.SelectMany(bytes => bytes),
        ];
        return [.. head, .. new byte[(Alignment - (head.Length % Alignment)) % Alignment], .. Data];
    }
}
