using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api;

/// <summary>
/// Runs a generation's events through a handler, with a call after each stretch of silence. Leaving early ends the generation.
/// </summary>
internal static class GenerationPump
{
    /// <summary>
    /// Handles every event in order; <paramref name="onSilence"/> runs whenever none came for <paramref name="interval"/>.
    /// </summary>
    public static async Task RunAsync(
        Func<CancellationToken, IAsyncEnumerable<TextEvent>> events, Func<TextEvent, Task> onEvent, Func<Task> onSilence,
        TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using IAsyncEnumerator<TextEvent> source = events(leave.Token).GetAsyncEnumerator(leave.Token);
        Task<bool>? next = null;
        try
        {
            while (true)
            {
                next = source.MoveNextAsync().AsTask();
                while (!await ArrivesAsync(next, interval, time))
                {
                    await onSilence();
                }
                if (!await next)
                {
                    return;
                }
                next = null;
                await onEvent(source.Current);
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves: cancel, then see the move to its end.
            await leave.CancelAsync();
            if (next is { IsCompleted: false })
            {
                await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }
        }
    }

    private static async Task<bool> ArrivesAsync(Task next, TimeSpan interval, TimeProvider time)
    {
        if (!next.IsCompleted)
        {
            using var early = new CancellationTokenSource();
            await Task.WhenAny(next, Task.Delay(interval, time, early.Token));
            await early.CancelAsync();
        }
        return next.IsCompleted;
    }
}
