using System.Security.Cryptography;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>A model loaded in this process, without a mesh, and the service over it.</summary>
internal sealed class LocalEngine : IAsyncDisposable
{
    private readonly ManagedBackend _backend;

    private LocalEngine(ManagedBackend backend, LocalPipelineProvider provider, ModelText text)
    {
        _backend = backend;
        Provider = provider;
        Text = text;
        Service = new InferenceService(provider, TimeProvider.System, ChooseSeed);
    }

    /// <summary>The stages.</summary>
    public LocalPipelineProvider Provider { get; }

    /// <summary>Tokenizer and chat template.</summary>
    public ModelText Text { get; }

    /// <summary>Text in, text out.</summary>
    public InferenceService Service { get; }

    /// <summary>The name to ask for.</summary>
    public string ModelId => Provider.Models[0].Label;

    /// <summary>Loads a model, with a bar for who watches.</summary>
    public static Task<LocalEngine> LoadAsync(
        CliConsole console, string model, Func<GgufFile, ModelText> source, int stages, ShardOptions options,
            CancellationToken cancellationToken) =>
        CliProgress.RunAsync(console, "Loading", progress =>
        {
            using GgufFile file = ModelFiles.Open(model);
            ModelText text = source(file);
            var backend = new ManagedBackend();
            try
            {
                Progress<LoadProgress>? bar = progress is null ? null
                    : new Progress<LoadProgress>(p => progress.Report((double)p.Bytes / Math.Max(p.TotalBytes, 1)));
                LocalPipelineProvider provider = LocalPipelineProvider.Load(
                    backend, ModelFiles.ToRun(file, text), stages, options, new NodeId(Guid.Empty), TimeProvider.System, bar,
                        cancellationToken);
                return Task.FromResult(new LocalEngine(backend, provider, text));
            }
            catch
            {
                backend.Dispose();
                throw;
            }
        });

    /// <summary>A seed for a request that brought none.</summary>
    public static ulong ChooseSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        _backend.Dispose();
    }
}
