using System.Globalization;
using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Tests.Models.Gguf;

/// <summary>Cuts a model into the files of a split one, as the format's own tool does: metadata in the first, tensors in order.</summary>
internal static class SplitModel
{
    /// <summary>Writes the parts into a folder and returns their paths.</summary>
    public static string[] Write(GgufFile whole, string folder, string name, int parts, Action<GgufWriter, int>? alter = null)
    {
        var paths = new string[parts];
        for (int part = 0; part < parts; part++)
        {
            var writer = new GgufWriter();
            if (part == 0)
            {
                foreach (string key in whole.Metadata.Keys)
                {
                    ReadOnlySpan<byte> stored = whole.Metadata.StoredValue(key, out GgufValueType type);
                    writer.AddStored(key, type, stored);
                }
            }
            writer.Add("split.no", (ushort)part);
            writer.Add("split.count", (ushort)parts);
            writer.Add("split.tensors.count", whole.Tensors.Count);
            foreach (GgufTensor tensor in whole.Tensors.Where((_, i) => i * parts / whole.Tensors.Count == part))
            {
                writer.AddTensor(whole, tensor);
            }
            alter?.Invoke(writer, part);
            string file = string.Create(CultureInfo.InvariantCulture, $"{name}-{part + 1:00000}-of-{parts:00000}.gguf");
            paths[part] = Path.Combine(folder, file);
            writer.Write(paths[part]);
        }
        return paths;
    }
}
