using System.Runtime.CompilerServices;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Local;

/// <summary>A slot on every stage of a <see cref="LocalPipelineProvider"/>.</summary>
internal sealed class LocalPipeline(LocalPipelineProvider provider, int positions) : ITokenPipeline
{
    private int _running;
    private bool _disposed;

    /// <inheritdoc/>
    public IReadOnlyList<PipelineStage> Stages => provider.Stages;

    /// <inheritdoc/>
    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(
        PipelineRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check(request);
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            throw new InvalidOperationException("A pipeline runs one generation at a time.");
        }
        try
        {
            var generation = new LocalGeneration(provider.Workers, request);
            try
            {
                generation.Start();
                await foreach (GeneratedToken token in generation.ReadAsync(cancellationToken))
                {
                    yield return token;
                }
            }
            finally
            {
                await generation.CloseAsync();
            }
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            provider.Release();
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
        if (request.PromptIds.Count + (long)request.MaxTokens > positions)
        {
            throw new ToreException(
                ErrorCodes.ContextLengthExceeded,
                $"A prompt of {request.PromptIds.Count} tokens and {request.MaxTokens} to generate exceed the {positions} positions "
                + "that were reserved.");
        }
        int vocabulary = provider.Workers[0].Shard.VocabularySize;
        foreach (int id in request.PromptIds)
        {
            if ((uint)id >= (uint)vocabulary)
            {
                throw new ToreException(ErrorCodes.InvalidRequest, $"Token {id} is not in the vocabulary: ids are 0 to {vocabulary - 1}.");
            }
        }
    }
}
