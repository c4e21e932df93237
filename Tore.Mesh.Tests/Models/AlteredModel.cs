using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Models.Synth;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models;

/// <summary>A small valid model (2 layers, width 64, 4 heads over 2) with some of its metadata or tensors replaced or left out.</summary>
internal sealed class AlteredModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, Action<GgufWriter>?> _replaced = new(StringComparer.Ordinal);
    private readonly string _architecture;

    public AlteredModel(string architecture = "llama") => _architecture = architecture;

    /// <summary>Replaces or adds a metadata value or tensor of this name.</summary>
    public AlteredModel With(string name, Action<GgufWriter> write)
    {
        _replaced[name] = write;
        return this;
    }

    /// <summary>Leaves a metadata value or tensor out.</summary>
    public AlteredModel Without(string name)
    {
        _replaced[name] = null;
        return this;
    }

    /// <summary>Replaces or adds a tensor of zeros.</summary>
    public AlteredModel WithTensor(string name, TensorType type, params long[] dimensions) => With(name, writer =>
        writer.AddTensor(name, (int)type, dimensions, output =>
            output.Write(new byte[TensorTypes.RowBytes(type, dimensions[0]) * dimensions.Skip(1).Aggregate(1L, (a, b) => a * b)])));

    /// <summary>Writes the model and opens it.</summary>
    public GgufFile Open()
    {
        string model = Path.Combine(_folder.FullPath, "model.gguf");
        string altered = Path.Combine(_folder.FullPath, "altered.gguf");
        SynthModel.Write(model, new SynthOptions
        {
            Architecture = _architecture,
            Layers = 2,
            Width = 64,
            FeedForward = 96,
            Heads = 4,
            KvHeads = 2,
            Vocabulary = 300,
        });
        using GgufFile source = GgufFile.Open(model);
        var writer = new GgufWriter();
        foreach (string key in source.Metadata.Keys.Where(key => !_replaced.ContainsKey(key)))
        {
            ReadOnlySpan<byte> stored = source.Metadata.StoredValue(key, out GgufValueType type);
            writer.AddStored(key, type, stored);
        }
        foreach (GgufTensor tensor in source.Tensors.Where(tensor => !_replaced.ContainsKey(tensor.Name)))
        {
            writer.AddTensor(source, tensor);
        }
        foreach (Action<GgufWriter>? write in _replaced.Values)
        {
            write?.Invoke(writer);
        }
        writer.Write(altered);
        return GgufFile.Open(altered);
    }

    public void Dispose() => _folder.Dispose();
}
