using System.Runtime.CompilerServices;
using System.Text;
using Tore.Mesh.Models;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Support;

/// <summary>A provider whose one model says what a test tells it to, byte by byte, and shows when its slot is taken and freed.</summary>
internal sealed class ScriptedProvider : IPipelineProvider
{
    public static readonly NodeId Node = new(new Guid("00000000-0000-8000-8000-000000000001"));

    private int _slotsInUse;

    public ScriptedProvider(string script = "", int context = 4096)
    {
        Script = Encoding.UTF8.GetBytes(script);
        Listing = new ModelListing
        {
            Label = "script/one",
            Digest = Digest.Of("script"u8),
            Architecture = "llama",
            LayerCount = 2,
            ContextLength = context,
            Text = new ModelText(new ByteTokenizer(), null),
            MissingLayers = [],
        };
    }

    /// <summary>What is generated, then the end token; repeated without end when <see cref="Endless"/>.</summary>
    public byte[] Script { get; init; }

    public bool Endless { get; init; }

    /// <summary>Awaited before the first token: the prefill.</summary>
    public Func<CancellationToken, Task> Prefill { get; init; } = _ => Task.CompletedTask;

    /// <summary>Thrown instead of giving a slot.</summary>
    public ToreException? Refusal { get; set; }

    /// <summary>Thrown after the script instead of the end token.</summary>
    public ToreException? Failure { get; init; }

    public ModelListing Listing { get; init; }

    public IReadOnlyList<ModelListing> Models => [Listing];

    public int SlotsInUse => Volatile.Read(ref _slotsInUse);

    /// <summary>Completes each time a slot is freed.</summary>
    public SemaphoreSlim Freed { get; } = new(0);

    /// <summary>The last request that a pipeline was given.</summary>
    public PipelineRequest? LastRequest { get; private set; }

    public ModelListing Resolve(string modelId) => modelId == Listing.Label
        ? Listing
        : throw new ToreException(ErrorCodes.ModelNotFound, $"No model is called '{modelId}'.");

    public ValueTask<ITokenPipeline> AcquireAsync(ModelListing model, int positions, CancellationToken cancellationToken)
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }
        Interlocked.Increment(ref _slotsInUse);
        return ValueTask.FromResult<ITokenPipeline>(new Pipeline(this));
    }

    private sealed class Pipeline(ScriptedProvider owner) : ITokenPipeline
    {
        public IReadOnlyList<PipelineStage> Stages => [new(Node, new LayerRange(0, 1))];

        public async IAsyncEnumerable<GeneratedToken> GenerateAsync(
            PipelineRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            owner.LastRequest = request;
            await owner.Prefill(cancellationToken);
            for (int i = 0; i < request.MaxTokens; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (i == owner.Script.Length && owner.Failure is not null)
                {
                    throw owner.Failure;
                }
                bool over = i >= owner.Script.Length && !owner.Endless;
                int id = over ? ByteTokenizer.End : owner.Script[i % owner.Script.Length];
                yield return new GeneratedToken(id, request.PromptIds.Count + i)
                {
                    LogProb = request.TopLogProbs is null ? null : -0.5f,
                    Top = request.TopLogProbs > 0
                        ? [new TokenLogProb(id, -0.5f), new TokenLogProb(ByteTokenizer.End, float.NegativeInfinity)] : null,
                };
                if (over)
                {
                    yield break;
                }
            }
        }

        public ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref owner._slotsInUse);
            owner.Freed.Release();
            return ValueTask.CompletedTask;
        }
    }
}
