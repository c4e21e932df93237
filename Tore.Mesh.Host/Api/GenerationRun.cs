using Microsoft.Extensions.Logging;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api;

/// <summary>One generation of an HTTP request, counted.</summary>
internal static class GenerationRun
{
    /// <summary>Handles the events of a generation; a client that leaves ends it within one step.</summary>
    public static async Task RunAsync(
        ApiContext api, TextRequest request, Func<TextEvent, Task> onEvent, Func<Task> onSilence, CancellationToken aborted)
    {
        api.Metrics.Requests.Add();
        try
        {
            await GenerationPump.RunAsync(
                cancellation => api.Inference.GenerateAsync(request, cancellation),
                async e =>
                {
                    Count(api.Metrics, e);
                    await onEvent(e);
                },
                onSilence, api.Timeouts.StreamComment, api.Time, aborted);
            api.Metrics.Completed.Add();
        }
        catch (OperationCanceledException)
        {
            api.Metrics.Abandoned.Add();
            throw;
        }
        catch (Exception error)
        {
            api.Metrics.Failed.Add();
            if (error is not ToreException)
            {
                api.Log.LogError(error, "Request {RequestId} failed", request.RequestId);
            }
            throw;
        }
    }

    private static void Count(ApiMetrics metrics, TextEvent e)
    {
        if (e is TextStarted started)
        {
            metrics.PromptTokens.Add(started.PromptIds.Count);
        }
        else if (e is TextFinished finished)
        {
            metrics.GeneratedTokens.Add(finished.Ids.Count);
        }
    }
}
