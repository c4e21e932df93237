using System.Runtime.CompilerServices;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>
/// A slot on every stage of a route over the mesh. It runs one generation: a second one takes a pipeline of its own.
/// </summary>
internal sealed class RingPipeline : ITokenPipeline
{
    private readonly RingRoute _route;
    private readonly EntryRoutes _entries;
    private readonly Action _onEnd;
    private int _used;
    private int _disposed;

    /// <summary>Takes over an open route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="entries">Where frames for this node are given out.</param>
    /// <param name="onEnd">Called once, when the slots are given back.</param>
    public RingPipeline(RingRoute route, EntryRoutes entries, Action onEnd)
    {
        _route = route;
        _entries = entries;
        _onEnd = onEnd;
    }

    /// <inheritdoc/>
    public IReadOnlyList<PipelineStage> Stages => _route.Stages;

    /// <inheritdoc/>
    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(
        PipelineRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        Check(request);
        if (Interlocked.Exchange(ref _used, 1) != 0)
        {
            throw new InvalidOperationException("A pipeline over the mesh runs one generation; acquire another.");
        }
        var generation = new RingGeneration(_route, request);
        _entries.Add(generation);
        try
        {
            await generation.StartAsync(cancellationToken);
            await foreach (GeneratedToken token in generation.ReadAsync(cancellationToken))
            {
                yield return token;
            }
        }
        finally
        {
            _entries.Remove(generation);
            _route.Close();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _route.Close();
            _onEnd();
        }
        return ValueTask.CompletedTask;
    }

    private void Check(PipelineRequest request)
    {
        if (request.PromptIds.Count == 0)
        {
            throw new ToreException(ErrorCodes.EmptyPrompt, "The prompt has no tokens: give at least one.");
        }
        if (request.MaxTokens < 1)
        {
            throw new ToreException(ErrorCodes.InvalidRequest, $"{request.MaxTokens} tokens are asked for: ask for at least one.");
        }
        if (request.PromptIds.Count + (long)request.MaxTokens > _route.Positions)
        {
            throw new ToreException(ErrorCodes.ContextLengthExceeded,
                $"A prompt of {request.PromptIds.Count} tokens and {request.MaxTokens} to generate exceed the {_route.Positions} positions "
                + "that were reserved.");
        }
        if (request.EndIds.Count > Limits.WireEndIds)
        {
            throw new ToreException(ErrorCodes.InvalidRequest, $"{request.EndIds.Count} end tokens are given; {Limits.WireEndIds} can be.");
        }
    }
}
