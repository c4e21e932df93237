using System.Collections.Concurrent;

namespace Tore.Mesh.Node;

/// <summary>Tasks that run beside their starter: each is kept until it ends, and awaited at shutdown.</summary>
internal sealed class OwnedTasks
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>How many run.</summary>
    public int Count => _running.Count;

    /// <summary>Takes a task that was just started.</summary>
    public void Add(Task task)
    {
        if (task.IsCompletedSuccessfully)
        {
            return;
        }
        _running.TryAdd(task, true);
        _ = task.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Waits until none runs; a failure of one is thrown.</summary>
    public async Task WaitAsync()
    {
        while (!_running.IsEmpty)
        {
            await Task.WhenAll(_running.Keys);
            // What has ended takes itself off the list a moment later.
            await Task.Yield();
        }
    }
}
