using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Gguf;

/// <summary>
/// A model in GGUF form, whole or split over several files, mapped read-only. Opening checks everything that can be checked
/// without reading tensor data: nothing in the file is trusted before. What the engine can run is not judged here
/// (<see cref="ModelConfig"/> does), so that vocabularies and foreign architectures open too. Safe for use by many threads;
/// pointers and slices are valid until <see cref="Dispose"/>.
/// </summary>
public sealed unsafe class GgufFile : IDisposable
{
    private readonly GgufPart[] _parts;
    private readonly Dictionary<string, GgufTensor> _byName;

    private GgufFile(GgufPart[] parts)
    {
        _parts = parts;
        Metadata = new GgufMetadata(parts[0]);
        Tensors = parts.Length == 1 ? parts[0].Header.Tensors : [.. parts.SelectMany(part => part.Header.Tensors)];
        _byName = new Dictionary<string, GgufTensor>(Tensors.Count, StringComparer.Ordinal);
        foreach (GgufTensor tensor in Tensors)
        {
            if (!_byName.TryAdd(tensor.Name, tensor))
            {
                throw GgufFault.Malformed(parts[tensor.Part].Path, $"tensor '{tensor.Name}' stands in two parts of the model");
            }
        }
    }

    /// <summary>Full path of the file, or of the first part of a split model.</summary>
    public string Path => _parts[0].Path;

    /// <summary>Full paths of all parts.</summary>
    public IReadOnlyList<string> Paths => [.. _parts.Select(part => part.Path)];

    /// <summary>GGUF version, 2 or 3.</summary>
    public int Version => _parts[0].Header.Version;

    /// <summary>Bytes of all parts.</summary>
    public long FileBytes => _parts.Sum(part => part.Length);

    /// <summary>The metadata; of a split model those of its first part.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>All tensors in the order of the file or files; none in a file that holds a vocabulary only.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary>The files with their sizes and times, for the identity cache.</summary>
    internal IReadOnlyList<GgufPart> Parts => _parts;

    /// <summary>Opens a model by its file, or by the first file of a split one (<c>NAME-00001-of-0000N.gguf</c>).</summary>
    /// <exception cref="ToreException"><c>model_not_found</c>, <c>file_not_readable</c>, <c>model_malformed</c>,
    /// <c>model_truncated</c>, <c>model_limit</c> or <c>model_bad_value</c>.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var parts = new List<GgufPart>();
        try
        {
            parts.Add(GgufPart.Open(System.IO.Path.GetFullPath(path), 0));
            foreach (string next in GgufSplit.OtherPaths(parts[0]))
            {
                parts.Add(GgufPart.Open(next, parts.Count));
                GgufSplit.CheckPart(parts);
            }
            GgufSplit.CheckTotal(parts);
            return new GgufFile([.. parts]);
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    /// <summary>Finds a tensor by name.</summary>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out GgufTensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>First stored byte of a tensor. Reading it maps pages of the file: see <see cref="Release"/>.</summary>
    public byte* PointerTo(GgufTensor tensor) => _parts[tensor.Part].Start + tensor.Offset;

    /// <summary>
    /// Copies stored bytes of a tensor without mapping pages. Unlike reading through a pointer, a file that is cut short
    /// meanwhile is <c>model_truncated</c> here and not a crash.
    /// </summary>
    public void Read(GgufTensor tensor, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, tensor.Bytes - offset);
        _parts[tensor.Part].Read(tensor.Offset + offset, destination);
    }

    /// <summary>
    /// Takes the pages of a tensor that were read through its pointer out of this process's memory, so that loading tensor
    /// by tensor never holds the file twice. The bytes stay readable.
    /// </summary>
    public void Release(GgufTensor tensor)
    {
        if (tensor.Bytes > 0)
        {
            _parts[tensor.Part].Release(tensor.Offset, tensor.Bytes);
        }
    }

    /// <summary>Takes part of a tensor's pages out of this process's memory.</summary>
    public void Release(GgufTensor tensor, long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, tensor.Bytes - offset);
        _parts[tensor.Part].Release(tensor.Offset + offset, bytes);
    }

    /// <summary>Widens a whole tensor of F32, F16 or BF16 exactly to floats; <c>model_bad_value</c> on NaN or infinity.</summary>
    public float[] ReadFloats(GgufTensor tensor)
    {
        var floats = new float[tensor.Elements];
        var stored = new ReadOnlySpan<byte>(PointerTo(tensor), checked((int)tensor.Bytes));
        for (int i = 0; i < floats.Length; i++)
        {
            floats[i] = tensor.TypeName switch
            {
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(stored[(4 * i)..]),
                "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(stored[(2 * i)..]),
                "BF16" => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * i)..]) << 16),
                _ => throw GgufFault.Unsupported(
                    Path,
                    $"tensor '{tensor.Name}' has type {tensor.TypeName} where F32, F16 or BF16 is needed"),
            };
            if (!float.IsFinite(floats[i]))
            {
                throw GgufFault.BadValue(Path, $"element {i} of tensor '{tensor.Name}' is not a finite number");
            }
        }
        return floats;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (GgufPart part in _parts)
        {
            part.Dispose();
        }
    }
}
