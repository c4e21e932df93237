using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Gguf;

/// <summary>
/// Writes GGUF version 3: metadata and tensors are declared first, then everything is streamed out, tensor by tensor, so that
/// a model larger than memory can be written. A file appears under its name only when it is complete.
/// </summary>
public sealed class GgufWriter
{
    private const int CopyBytes = 1 << 20;
    private const int Alignment = GgufHeader.DefaultAlignment;
    private readonly ArrayBufferWriter<byte> _metadata = new();
    private readonly List<(string Name, int RawType, long[] Dimensions, long Bytes, Action<Stream> Write)> _tensors = [];
    private ulong _entries;

    /// <summary>Adds a string.</summary>
    public void Add(string key, string text)
    {
        Head(key, GgufValueType.String);
        Text(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Adds an unsigned 32-bit number.</summary>
    public void Add(string key, uint number) => AddStored(key, GgufValueType.UInt32, Bytes(number));

    /// <summary>Adds an unsigned 16-bit number.</summary>
    public void Add(string key, ushort number) => AddStored(key, GgufValueType.UInt16, Bytes(number));

    /// <summary>Adds a signed 32-bit number.</summary>
    public void Add(string key, int number) => AddStored(key, GgufValueType.Int32, Bytes(number));

    /// <summary>Adds a 32-bit float.</summary>
    public void Add(string key, float number) => AddStored(key, GgufValueType.Float32, Bytes(number));

    /// <summary>Adds a boolean.</summary>
    public void Add(string key, bool truth) => AddStored(key, GgufValueType.Bool, [truth ? (byte)1 : (byte)0]);

    /// <summary>Adds an array of strings.</summary>
    public void Add(string key, IReadOnlyList<string> texts)
    {
        ArrayHead(key, GgufValueType.String, texts.Count);
        foreach (string text in texts)
        {
            Text(Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>Adds an array of floats.</summary>
    public void Add(string key, ReadOnlySpan<float> numbers)
    {
        ArrayHead(key, GgufValueType.Float32, numbers.Length);
        _metadata.Write(MemoryMarshal.AsBytes(numbers));
    }

    /// <summary>Adds an array of integers.</summary>
    public void Add(string key, ReadOnlySpan<int> numbers)
    {
        ArrayHead(key, GgufValueType.Int32, numbers.Length);
        _metadata.Write(MemoryMarshal.AsBytes(numbers));
    }

    /// <summary>Adds a value in its stored form, as <see cref="GgufMetadata.StoredValue"/> gives it.</summary>
    internal void AddStored(string key, GgufValueType type, ReadOnlySpan<byte> stored)
    {
        Head(key, type);
        _metadata.Write(stored);
    }

    /// <summary>Declares a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rawType">Number of a type whose block is known.</param>
    /// <param name="dimensions">Dimensions, the contiguous one first, a whole number of blocks.</param>
    /// <param name="write">Writes the stored bytes, all of them and no more, when their turn comes.</param>
    public void AddTensor(string name, int rawType, IEnumerable<long> dimensions, Action<Stream> write)
    {
        long[] shape = [.. dimensions];
        if (!GgufTensorTypes.TryGetBlock(rawType, out int elements, out int bytes) || shape[0] % elements != 0)
        {
            throw new ArgumentException($"'{name}': rows of {shape[0]} elements cannot be stored as {GgufTensorTypes.NameOf(rawType)}");
        }
        _tensors.Add((name, rawType, shape, shape.Aggregate(1L, (product, dimension) => product * dimension) / elements * bytes, write));
    }

    /// <summary>Declares a tensor whose bytes are copied from another file.</summary>
    public void AddTensor(GgufFile source, GgufTensor tensor) => AddTensor(tensor.Name, tensor.RawType, tensor.Dimensions, output =>
    {
        byte[] buffer = new byte[CopyBytes];
        for (long at = 0; at < tensor.Bytes; at += buffer.Length)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.Bytes - at));
            source.Read(tensor, at, chunk);
            output.Write(chunk);
        }
    });

    /// <summary>Writes to a temporary name beside it, then renames; a file of that name is replaced, nothing is left on failure.</summary>
    /// <param name="path">Where the model shall stand.</param>
    /// <param name="progress">Is told the bytes written so far, after each tensor.</param>
    /// <param name="cancellationToken">Looked at between tensors.</param>
    /// <exception cref="ToreException"><c>file_not_writable</c>.</exception>
    public void Write(string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        string temporary = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            using (var output = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, CopyBytes))
            {
                Write(output, progress, cancellationToken);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure)
        {
            DeleteQuietly(temporary);
            if (failure is IOException or UnauthorizedAccessException)
            {
                throw new ToreException(
                    ErrorCodes.FileNotWritable,
                    $"{path} cannot be written: {failure.Message} Check the folder, its rights and the free space.",
                    failure);
            }
            throw;
        }
    }

    /// <summary>Writes everything to a stream.</summary>
    public void Write(Stream output, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        byte[] head = BuildHead();
        output.Write(head);
        long position = head.Length;
        Pad(output, ref position);
        foreach ((string name, _, _, long bytes, Action<Stream> write) in _tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long before = output.Position;
            write(output);
            if (output.Position - before != bytes)
            {
                throw new InvalidOperationException($"'{name}' wrote {output.Position - before} bytes, not {bytes}");
            }
            position += bytes;
            Pad(output, ref position);
            progress?.Report(position);
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What made the writing fail is the better error to report.
        }
    }

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream output, ref long position)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        output.Write(zeros[..(int)(Padded(position) - position)]);
        position = Padded(position);
    }

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes([value]).ToArray();

    private byte[] BuildHead()
    {
        var head = new MemoryStream();
        using var writer = new BinaryWriter(head);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)_tensors.Count);
        writer.Write(_entries);
        writer.Write(_metadata.WrittenSpan);
        long offset = 0;
        foreach ((string name, int rawType, long[] dimensions, long bytes, _) in _tensors)
        {
            byte[] text = Encoding.UTF8.GetBytes(name);
            writer.Write((ulong)text.Length);
            writer.Write(text);
            writer.Write((uint)dimensions.Length);
            foreach (long dimension in dimensions)
            {
                writer.Write((ulong)dimension);
            }
            writer.Write((uint)rawType);
            writer.Write((ulong)offset);
            offset += Padded(bytes);
        }
        writer.Flush();
        return head.ToArray();
    }

    private void Head(string key, GgufValueType type)
    {
        Text(Encoding.UTF8.GetBytes(key));
        _metadata.Write(Bytes((uint)type));
        _entries++;
    }

    private void ArrayHead(string key, GgufValueType element, int count)
    {
        Head(key, GgufValueType.Array);
        _metadata.Write(Bytes((uint)element));
        _metadata.Write(Bytes((ulong)count));
    }

    private void Text(ReadOnlySpan<byte> utf8)
    {
        _metadata.Write(Bytes((ulong)utf8.Length));
        _metadata.Write(utf8);
    }
}
