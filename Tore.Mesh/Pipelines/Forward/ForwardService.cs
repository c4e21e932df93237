using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Forward;

/// <summary>
/// The baseline activation server (tore-0001, Activation servers): KV by request, freed on demand, after a minute of silence, or
/// when a new request needs the slot. One call is one step: it draws one token, or up to max_new_tokens where all layers are here.
/// </summary>
public sealed class ForwardService(FindShard find, TimeProvider time, Func<ulong> chooseSeed)
{
    private const ulong SeedMask = (1UL << 53) - 1;

    private readonly ConcurrentDictionary<(Digest Model, string Request), ForwardSequence> _open = new();
    private readonly Lock _watching = new();

    /// <summary>Requests that hold KV.</summary>
    public int OpenRequests => _open.Count;

    /// <summary>The shard of a model here; throws <c>model_not_found</c> or <c>model_not_ready</c>.</summary>
    public ValueTask<ForwardShard> FindAsync(string modelId, CancellationToken cancellationToken) => find(modelId, cancellationToken);

    /// <summary>Runs one call.</summary>
    public async Task<ForwardResult> RunAsync(ForwardShard shard, ForwardCall call, CancellationToken cancellationToken)
    {
        (Digest, string) key = (shard.Model.Digest, call.RequestId);
        ForwardSequence sequence = await OpenOrFindAsync(shard, call, key);
        await sequence.Turn.WaitAsync(cancellationToken);
        bool isUnderWay = false;
        try
        {
            sequence.Idle!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            CheckContinues(sequence, call);
            CheckFits(shard, call, sequence.Position);
            isUnderWay = true;
            return await StepAsync(shard, sequence, call, cancellationToken);
        }
        catch when (isUnderWay)
        {
            // Rows may have been run: nobody knows where the request stands, so it must start anew.
            await FreeAsync(key, new ToreException(ErrorCodes.NotFound, "The request was given up."));
            throw;
        }
        finally
        {
            sequence.SilentSince = time.GetTimestamp();
            if (_open.ContainsKey(key))
            {
                sequence.Idle!.Change(Limits.ForwardIdle, Timeout.InfiniteTimeSpan);
            }
            sequence.Turn.Release();
        }
    }

    /// <summary>Frees every request of this id; false when there is none.</summary>
    public async Task<bool> FreeAsync(string requestId)
    {
        bool found = false;
        foreach ((Digest Model, string Request) key in _open.Keys.Where(k => k.Request == requestId))
        {
            found |= await FreeAsync(key, new ToreException(ErrorCodes.NotFound, "The request was freed."));
        }
        return found;
    }

    private async Task<ForwardSequence> OpenOrFindAsync(ForwardShard shard, ForwardCall call, (Digest, string) key)
    {
        if (_open.TryGetValue(key, out ForwardSequence? known))
        {
            return known;
        }
        if (call.Position is > 0)
        {
            throw new ToreException(
                ErrorCodes.InvalidRequest,
                $"'position' is {call.Position}, but nothing of this request is held here (freed, or silent for "
                    + $"{Limits.ForwardIdle.TotalSeconds} s): start it anew at 0.");
        }
        CheckFits(shard, call, 0);
        Watch(shard.Worker);
        ForwardSequence sequence = await OpenAsync(shard, call);
        sequence.Idle = time.CreateTimer(
            _ => _ = FreeAsync(key, new ToreException(ErrorCodes.NotFound, "The request was silent too long.")),
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ForwardSequence winner = _open.GetOrAdd(key, sequence);
        if (winner != sequence)
        {
            await sequence.FreeAsync(new ToreException(ErrorCodes.Cancelled, "The request was opened twice at once."));
        }
        return winner;
    }

    private async Task<ForwardSequence> OpenAsync(ForwardShard shard, ForwardCall call)
    {
        ulong seed = call.Seed is long given ? unchecked((ulong)given) : chooseSeed() & SeedMask;
        while (true)
        {
            try
            {
                return new ForwardSequence(shard.Worker, call, seed);
            }
            catch (ToreException busy) when (busy.Code == ErrorCodes.Busy && IdleKey(shard.Worker) is { } idle)
            {
                await FreeAsync(idle, RoomNeeded());
            }
        }
    }

    /// <summary>Requests that come over the mesh share the worker's slots: whoever waits for one gets that of an idle call.</summary>
    private void Watch(StageWorker worker)
    {
        lock (_watching)
        {
            worker.SlotWanted -= GiveUpOne;
            worker.SlotWanted += GiveUpOne;
        }
    }

    private void GiveUpOne(StageWorker worker)
    {
        if (IdleKey(worker) is { } idle)
        {
            _ = FreeAsync(idle, RoomNeeded());
        }
    }

    private static ToreException RoomNeeded() => new(ErrorCodes.Busy, "Another request needed the room: start this one anew.");

    /// <summary>The request that no call works on and that has been silent longest.</summary>
    private (Digest, string)? IdleKey(StageWorker worker) => _open
        .Where(held => held.Value.Worker == worker && held.Value.Turn.CurrentCount > 0)
        .OrderBy(held => held.Value.SilentSince)
        .Select(held => ((Digest, string)?)held.Key)
        .FirstOrDefault();

    private async Task<bool> FreeAsync((Digest, string) key, ToreException reason)
    {
        if (!_open.TryRemove(key, out ForwardSequence? sequence))
        {
            return false;
        }
        await sequence.FreeAsync(reason);
        return true;
    }

    private static void CheckContinues(ForwardSequence sequence, ForwardCall call)
    {
        if (call.Position is int position && position != sequence.Position)
        {
            throw new ToreException(
                ErrorCodes.InvalidRequest, $"'position' is {position}, but the request stands at {sequence.Position} here.");
        }
        if (call.NewTokens > 0 && sequence.First.NewTokens > 0 && call.Sampling != sequence.First.Sampling)
        {
            throw new ToreException(
                ErrorCodes.InvalidRequest, "Temperature and sampling of a request cannot change on its way.");
        }
    }

    /// <summary>All rows of a call, those of the tokens that it draws and feeds included, must fit; nothing is truncated.</summary>
    private static void CheckFits(ForwardShard shard, ForwardCall call, int position)
    {
        int context = shard.Worker.Shard.ContextLength;
        if ((long)position + call.Count + Math.Max(call.NewTokens - 1, 0) > context)
        {
            throw new ToreException(
                ErrorCodes.ContextLengthExceeded,
                $"{call.Count} rows from position {position} and {call.NewTokens} tokens to draw exceed the context of {context}.");
        }
    }

    private static async Task<ForwardResult> StepAsync(
        ForwardShard shard, ForwardSequence sequence, ForwardCall call, CancellationToken cancellationToken)
    {
        long before = sequence.Flops;
        bool isLast = shard.Worker.Shard.IsLast;
        float[] rows = await sequence.RunAsync(call, call.NewTokens > 0, cancellationToken);
        List<int> output = [];
        IReadOnlySet<int> ends = shard.Model.Text?.Tokenizer.EndIds ?? new HashSet<int>();
        for (int i = 0; i < call.NewTokens; i++)
        {
            if (i > 0)
            {
                await sequence.ContinueAsync(cancellationToken);
            }
            output.Add(sequence.Token);
            if (ends.Contains(sequence.Token))
            {
                break;
            }
        }
        return new ForwardResult
        {
            RequestId = call.RequestId,
            FlopsDelivered = (sequence.Flops - before) / 1e9,
            Position = sequence.Position,
            Activations = isLast ? null : MemoryMarshal.AsBytes(rows.AsSpan()).ToArray(),
            OutputIds = isLast ? [.. output] : null,
            Text = isLast ? TextOf(shard.Model.Text, output) : null,
            Seed = isLast ? call.Seed ?? unchecked((long)sequence.Seed) : null,
        };
    }

    private static string TextOf(ModelText? text, List<int> ids) =>
        text is null ? "" : StreamDecoder.Decode(text.Tokenizer, ids, atStart: false);
}
