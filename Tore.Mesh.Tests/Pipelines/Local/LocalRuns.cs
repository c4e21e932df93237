using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Tests.Inference;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Pipelines.Local;

/// <summary>Generations over local pipelines, alone and several at once.</summary>
internal sealed class LocalRuns : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManagedBackend _backend;
    private readonly GgufFile _file;
    private readonly LocalModel _model;

    public LocalRuns(string path)
    {
        _backend = TestShards.Backend(_folder);
        _file = GgufFile.Open(path);
        _model = new LocalModel { File = _file, Config = ModelConfig.Read(_file), Label = "model" };
    }

    public ModelConfig Config => _model.Config;

    public LocalPipelineProvider Load(int stages, ShardOptions options) => LocalPipelineProvider.Load(
        _backend, _model, stages, options, default, TimeProvider.System, null, TestContext.Current.CancellationToken);

    /// <summary>Runs all requests at the same time; gives each one's ids and digest.</summary>
    public static async Task<string[]> RunAsync(LocalPipelineProvider provider, params PipelineRequest[] requests) =>
        await Task.WhenAll(requests.Select(request => RunAsync(provider, request)));

    public static PipelineRequest Request(IEnumerable<int> prompt, int tokens, SamplingOptions sampling) => new()
    {
        RequestId = Guid.NewGuid().ToString(),
        PromptIds = [.. prompt],
        MaxTokens = tokens,
        Sampling = sampling,
        EndIds = new HashSet<int>(),
        WantDigest = true,
    };

    public void Dispose()
    {
        _file.Dispose();
        _backend.Dispose();
        _folder.Dispose();
    }

    private static async Task<string> RunAsync(LocalPipelineProvider provider, PipelineRequest request)
    {
        await using ITokenPipeline pipeline = await provider.AcquireAsync(
            provider.Models[0], request.PromptIds.Count + request.MaxTokens, TestContext.Current.CancellationToken);
        List<int> ids = [];
        string? digest = null;
        await foreach (GeneratedToken token in pipeline.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            Assert.Equal(request.PromptIds.Count + ids.Count, token.Position);
            ids.Add(token.Id);
            digest = token.Digest;
        }
        Assert.NotNull(digest);
        return $"{string.Join(' ', ids)} {digest}";
    }
}
