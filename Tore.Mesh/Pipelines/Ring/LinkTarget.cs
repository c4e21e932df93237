using System.Buffers;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>
/// Frames that go out on an activation link. When the link's queue is full (a slow network under several prompts), they wait here in
/// order; how many can is bounded by the rows that each stage grants ahead.
/// </summary>
internal sealed class LinkTarget(Link link) : IFrameTarget
{
    private readonly Lock _gate = new();
    private readonly Queue<Func<ValueTask>> _waiting = new();
    private bool _isPumping;

    /// <summary>The link.</summary>
    public Link Link => link;

    /// <summary>Whether frames can still be sent.</summary>
    public bool IsOpen => !link.Closed.IsCompleted && link.CloseReason is null;

    public bool TrySend(in Activations head, ReadOnlySpan<float> rows)
    {
        lock (_gate)
        {
            SendResult result = _isPumping ? SendResult.QueueFull : link.TrySend(head, rows);
            if (result == SendResult.QueueFull)
            {
                WaitWithRows(head, rows);
            }
            return result != SendResult.Closed;
        }
    }

    public bool TrySend(in Token token) => TrySendSmall(token);

    public bool TrySend(in ChunkDone done) => TrySendSmall(done);

    private bool TrySendSmall<T>(in T message)
        where T : struct, IMessage<T>
    {
        lock (_gate)
        {
            SendResult result = _isPumping ? SendResult.QueueFull : link.TrySend(message);
            if (result == SendResult.QueueFull)
            {
                WaitWith(message);
            }
            return result != SendResult.Closed;
        }
    }

    // Apart from the methods above, so that these allocate nothing for what they hardly ever do.
    private void WaitWith<T>(T message)
        where T : struct, IMessage<T> => Wait(() => link.SendAsync(message, CancellationToken.None));

    private void WaitWithRows(Activations head, ReadOnlySpan<float> rows)
    {
        int count = rows.Length;
        float[] copy = ArrayPool<float>.Shared.Rent(count);
        rows.CopyTo(copy);
        Wait(async () =>
        {
            await link.SendAsync(head, copy.AsMemory(0, count), CancellationToken.None);
            ArrayPool<float>.Shared.Return(copy);
        });
    }

    private void Wait(Func<ValueTask> send)
    {
        _waiting.Enqueue(send);
        if (!_isPumping)
        {
            _isPumping = true;
            _ = PumpAsync();
        }
    }

    /// <summary>Ends with the queue, or with the link, whose end everybody is told of by its owner.</summary>
    private async Task PumpAsync()
    {
        // Leave the caller's lock first.
        await Task.Yield();
        while (true)
        {
            Func<ValueTask>? send;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out send))
                {
                    _isPumping = false;
                    return;
                }
            }
            try
            {
                await send();
            }
            catch (ToreException)
            {
                lock (_gate)
                {
                    _waiting.Clear();
                    _isPumping = false;
                }
                return;
            }
        }
    }
}
