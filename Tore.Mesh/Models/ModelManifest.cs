using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>
/// What a model consists of, whatever its file is called and however it is cut: the metadata that define what it computes and
/// how it reads text, and its tensors, each with its digest. <c>docs/models.md</c> defines the bytes that are hashed.
/// </summary>
public sealed class ModelManifest
{
    private static readonly byte[] Heading = "tore model manifest 1\n"u8.ToArray();

    private ModelManifest(IReadOnlyList<ManifestValue> values, IReadOnlyList<ManifestTensor> tensors)
    {
        Values = values;
        Tensors = tensors;
        Digest = Digest.Of(ToBytes());
    }

    /// <summary>The metadata that count, sorted by the bytes of their keys.</summary>
    public IReadOnlyList<ManifestValue> Values { get; }

    /// <summary>The tensors, sorted by the bytes of their names.</summary>
    public IReadOnlyList<ManifestTensor> Tensors { get; }

    /// <summary>The model's identity.</summary>
    public Digest Digest { get; }

    /// <summary>Makes the manifest of a file whose tensors have been hashed.</summary>
    internal static ModelManifest Of(GgufFile file, IEnumerable<ManifestTensor> tensors) => new(
        [.. KeysOf(file.Metadata).Select(key => ValueOf(file.Metadata, key)).OrderBy(value => value.Key, Utf8Order)],
        [.. tensors.OrderBy(tensor => tensor.Name, Utf8Order)]);

    /// <summary>The bytes whose SHA-256 is the identity.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Heading);
        Write(output, (uint)Values.Count);
        foreach (ManifestValue value in Values)
        {
            Write(output, value.Key);
            Write(output, (uint)value.Type);
            Write(output, value.Digest);
        }
        Write(output, (uint)Tensors.Count);
        foreach (ManifestTensor tensor in Tensors)
        {
            Write(output, tensor.Name);
            Write(output, (uint)tensor.RawType);
            Write(output, (uint)tensor.Dimensions.Count);
            foreach (long dimension in tensor.Dimensions)
            {
                BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), dimension);
                output.Advance(8);
            }
            Write(output, tensor.Digest);
        }
        return output.WrittenSpan.ToArray();
    }

    private static Comparer<string> Utf8Order { get; } = Comparer<string>.Create(
        (left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));

    private static IEnumerable<string> KeysOf(GgufMetadata metadata)
    {
        const string Architecture = "general.architecture";
        string prefix = metadata.GetString(Architecture) + ".";
        return metadata.Keys.Where(key => key == Architecture
            || key.StartsWith(prefix, StringComparison.Ordinal)
            || key.StartsWith("tokenizer.", StringComparison.Ordinal));
    }

    private static ManifestValue ValueOf(GgufMetadata metadata, string key)
    {
        ReadOnlySpan<byte> stored = metadata.StoredValue(key, out GgufValueType type);
        return new ManifestValue(key, type, Digest.Of(stored));
    }

    private static void Write(ArrayBufferWriter<byte> output, uint number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(4), number);
        output.Advance(4);
    }

    private static void Write(ArrayBufferWriter<byte> output, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Write(output, (uint)utf8.Length);
        output.Write(utf8);
    }

    private static void Write(ArrayBufferWriter<byte> output, Digest digest)
    {
        digest.CopyTo(output.GetSpan(Digest.Size));
        output.Advance(Digest.Size);
    }
}
