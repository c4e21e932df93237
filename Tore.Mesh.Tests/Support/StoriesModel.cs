using Tore.Mesh.Host.Cli;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Support;

/// <summary>The model that comes with the program, loaded as tests need it.</summary>
internal static class StoriesModel
{
    public const string Prompt = "Once upon a time there was a";

    /// <summary>All layers in this process.</summary>
    public static LocalPipelineProvider Load(ManagedBackend backend, int stages = 1, int slots = 4, int? context = null)
    {
        using GgufFile file = GgufFile.Open(ModelFiles.StoriesPath);
        LocalModel model = ModelFiles.ToRun(file, ModelText.Open(file));
        return LocalPipelineProvider.Load(
            backend, model, stages, Options(slots, context), ScriptedNode, TimeProvider.System, null, CancellationToken.None);
    }

    /// <summary>Some layers.</summary>
    public static IShard LoadShard(ManagedBackend backend, LayerRange layers, int slots = 4)
    {
        using GgufFile file = GgufFile.Open(ModelFiles.StoriesPath);
        return backend.Load(file, ModelConfig.Read(file), layers, Options(slots, null), null, CancellationToken.None);
    }

    private static NodeId ScriptedNode => ScriptedProvider.Node;

    private static ShardOptions Options(int slots, int? context) => new() { Slots = slots, Threads = 1, ContextLength = context };
}
