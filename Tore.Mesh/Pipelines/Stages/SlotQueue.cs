using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Stages;

/// <summary>Hands out a stage's slots in the order in which they were asked for.</summary>
internal sealed class SlotQueue : IDisposable
{
    private readonly StageWorker _worker;
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private bool _disposed;

    /// <summary>Watches the slots of <paramref name="worker"/>.</summary>
    public SlotQueue(StageWorker worker)
    {
        _worker = worker;
        _worker.SlotFreed += OnSlotFreed;
    }

    /// <summary>Requests that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits for a slot. Throws <c>busy</c> when too many wait, <c>context_length_exceeded</c>, or <c>draining</c>.</summary>
    public async Task<StageSequence> TakeAsync(StageSequenceSpec spec, IStageOutput output, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(spec, output);
        bool waits;
        lock (_gate)
        {
            if (_disposed)
            {
                throw Closed();
            }
            if (_waiting.Count >= Limits.StageWaiting)
            {
                throw new ToreException(ErrorCodes.Busy, $"{_waiting.Count} requests wait for this stage already: try again later.");
            }
            _waiting.AddLast(waiter.Node);
            Serve();
            waits = waiter.Node.List is not null;
        }
        if (waits)
        {
            _worker.AskForSlot();
        }
        try
        {
            return await waiter.Granted.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            GiveUp(waiter);
            throw;
        }
    }

    /// <summary>Ends every wait with <c>draining</c>.</summary>
    public void Dispose()
    {
        _worker.SlotFreed -= OnSlotFreed;
        lock (_gate)
        {
            _disposed = true;
            foreach (Waiter waiter in _waiting)
            {
                waiter.Granted.TrySetException(Closed());
            }
            _waiting.Clear();
        }
    }

    private static ToreException Closed() => new(ErrorCodes.Draining, "This stage is being closed: ask again.");

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node.List is not null)
            {
                _waiting.Remove(waiter.Node);
                return;
            }
        }
        if (waiter.Granted.Task.IsCompletedSuccessfully)
        {
            // Granted while the wait was given up: back at once.
            _ = _worker.Close(waiter.Granted.Task.Result);
        }
    }

    /// <summary>Raised within the worker's lock: only asks for a turn.</summary>
    private void OnSlotFreed() => ThreadPool.UnsafeQueueUserWorkItem(
        static queue =>
        {
            lock (queue._gate)
            {
                queue.Serve();
            }
        },
        this,
        preferLocal: false);

    private void Serve()
    {
        while (_waiting.First is { } first && !_disposed)
        {
            Waiter waiter = first.Value;
            try
            {
                waiter.Granted.TrySetResult(_worker.Reserve(waiter.Spec, waiter.Output));
            }
            catch (ToreException busy) when (busy.Code == ErrorCodes.Busy)
            {
                return;
            }
            catch (ToreException refused)
            {
                waiter.Granted.TrySetException(refused);
            }
            _waiting.RemoveFirst();
        }
    }

    private sealed class Waiter
    {
        public Waiter(StageSequenceSpec spec, IStageOutput output)
        {
            Spec = spec;
            Output = output;
            Node = new LinkedListNode<Waiter>(this);
        }

        public StageSequenceSpec Spec { get; }

        public IStageOutput Output { get; }

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource<StageSequence> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
