using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Cli;

/// <summary>
/// Other prompts in the same forward passes (<c>--beside N</c>): variations of the prompt of other lengths, which run until the
/// answer is complete. They show that company changes no bit of it.
/// </summary>
internal sealed class RunCompany(LocalEngine engine, TextRequest request, int count) : IAsyncDisposable
{
    private static readonly HashSet<int> Endless = [];

    private readonly CancellationTokenSource _leave = new();
    private readonly List<Task> _running = [];

    /// <summary>Takes a slot for each and starts them; they generate as many tokens as the answer may.</summary>
    public async Task JoinAsync(TextStarted started, CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            int room = started.Model.ContextLength - started.MaxTokens;
            int[] prompt = [.. started.PromptIds.Concat(started.PromptIds.Reverse().Take(i + 1)).Take(room)];
            ITokenPipeline pipeline = await engine.Provider.AcquireAsync(
                started.Model, prompt.Length + started.MaxTokens, cancellationToken);
            _running.Add(RunAsync(pipeline, new PipelineRequest
            {
                RequestId = $"{request.RequestId}-{i}",
                PromptIds = prompt,
                MaxTokens = started.MaxTokens,
                Sampling = request.Sampling with { Seed = started.Seed + (ulong)i + 1 },
                EndIds = Endless,
            }));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _leave.CancelAsync();
        await Task.WhenAll(_running);
        _leave.Dispose();
    }

    private async Task RunAsync(ITokenPipeline pipeline, PipelineRequest work)
    {
        await using (pipeline)
        {
            try
            {
                await foreach (GeneratedToken _ in pipeline.GenerateAsync(work, _leave.Token))
                {
                }
            }
            catch (OperationCanceledException) when (_leave.IsCancellationRequested)
            {
                // The answer is complete: the company goes.
            }
        }
    }
}
