using System.Buffers.Binary;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Inference;

/// <summary>Shards of the project's own small model, and of models made from it.</summary>
internal static class TestShards
{
    public static string StoriesPath { get; } = Path.Combine(SharedFiles.Repository, "Tore.Mesh.Host", "Models", "stories.gguf");

    /// <summary>A backend whose threads are counted nowhere else.</summary>
    public static ManagedBackend Backend(TemporaryFolder folder) =>
        new(KernelSets.Current, Path.Combine(folder.FullPath, "runtime"), TimeProvider.System);

    public static ManagedShard Load(ManagedBackend backend, string path, LayerRange? layers = null, ShardOptions? options = null)
    {
        using GgufFile file = GgufFile.Open(path);
        ModelConfig config = ModelConfig.Read(file);
        options ??= new ShardOptions { Threads = 1, ContextLength = 128 };
        return (ManagedShard)backend.Load(file, config, layers ?? LayerRange.All(config.LayerCount), options, null, default);
    }

    /// <summary>Copies a model, giving a chance to change the stored bytes of each tensor.</summary>
    public static void Rewrite(string source, string target, Action<string, byte[]> change)
    {
        using GgufFile file = GgufFile.Open(source);
        var writer = new GgufWriter();
        foreach (string key in file.Metadata.Keys)
        {
            ReadOnlySpan<byte> stored = file.Metadata.StoredValue(key, out GgufValueType type);
            writer.AddStored(key, type, stored);
        }
        foreach (GgufTensor tensor in file.Tensors)
        {
            var bytes = new byte[tensor.Bytes];
            file.Read(tensor, 0, bytes);
            change(tensor.Name, bytes);
            writer.AddTensor(tensor.Name, tensor.RawType, tensor.Dimensions, output => output.Write(bytes));
        }
        writer.Write(target);
    }

    /// <summary>
    /// The stories model in F32, with one column of the embedding zero for every token but one, and the first norm's weight of that
    /// column so large that this token's value becomes infinite.
    /// </summary>
    public static string OverflowingModel(TemporaryFolder folder, int token)
    {
        const int width = 128, column = 5;
        string path = Path.Combine(folder.FullPath, "overflow.gguf");
        Rewrite(SharedFiles.Require("golden/models/stories.F32.gguf"), path, (name, bytes) =>
        {
            if (name == "token_embd.weight")
            {
                for (int id = 0; id < bytes.Length / (width * sizeof(float)); id++)
                {
                    int at = ((id * width) + column) * sizeof(float);
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), id == token ? 3 : 0);
                }
            }
            else if (name == "blk.0.attn_norm.weight")
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(column * sizeof(float)), 3e38f);
            }
        });
        return path;
    }
}
