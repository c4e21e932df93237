using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Inference.Stages;

public sealed class StageWorkerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly ManagedBackend _backend;

    public StageWorkerTests() => _backend = TestShards.Backend(_folder);

    public ValueTask DisposeAsync()
    {
        _backend.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Post_Prompt_GivesChunksThenTokensUpToTheLast()
    {
        await using StageWorker worker = Worker(new ShardOptions { Threads = 1, ContextLength = 64, PrefillChunk = 3 });
        var output = new RecordingOutput();
        output.Next = (sequence, id, position) => worker.Post(sequence, position, [id], true);
        StageSequence sequence = worker.Open(Spec(20, 5), output);
        Assert.Equal(PostResult.Accepted, worker.Post(sequence, 0, [1, 2, 3, 4, 5, 6, 7], true));
        await output.Ended.Task.WaitAsync(Patience);
        await worker.Close(sequence);
        Assert.Equal([(0, 3), (3, 3)], output.Chunks);
        Assert.Equal([7, 8, 9, 10, 11], output.Tokens.Select(token => token.Position));
        Assert.Equal([false, false, false, false, true], output.Tokens.Select(token => token.IsLast));
    }

    [Fact]
    public async Task Post_PromptInPieces_RunsThemApart()
    {
        await using StageWorker worker = Worker(new ShardOptions { Threads = 1, ContextLength = 64 });
        var output = new RecordingOutput();
        StageSequence sequence = worker.Open(Spec(20, 1), output);
        worker.Post(sequence, 0, [1, 2], false);
        worker.Post(sequence, 2, [3, 4, 5], false);
        worker.Post(sequence, 5, [6], true);
        await output.Ended.Task.WaitAsync(Patience);
        await worker.Close(sequence);
        Assert.Equal([(0, 2), (2, 3)], output.Chunks);
    }

    [Fact]
    public async Task Post_WhatDoesNotFollow_IsRefusedAndChangesNothing()
    {
        await using StageWorker worker = Worker(new ShardOptions { Threads = 1, ContextLength = 64 });
        var output = new RecordingOutput();
        StageSequence sequence = worker.Open(Spec(4, 1), output);
        Assert.Equal(PostResult.OutOfOrder, worker.Post(sequence, 1, [1], false));
        Assert.Equal(PostResult.OutOfOrder, worker.Post(sequence, 0, [1, 2, 3, 4, 5], false));
        Assert.Equal(ErrorCodes.InvalidRequest, Assert.Throws<ToreException>(() => worker.Post(sequence, 0, [1024], false)).Code);
        Assert.Equal(PostResult.Accepted, worker.Post(sequence, 0, [1, 2], true));
        await output.Ended.Task.WaitAsync(Patience);
        await worker.Close(sequence);
        Assert.Equal(PostResult.Closed, worker.Post(sequence, 2, [1], true));
    }

    [Fact]
    public async Task Post_SecondStageTooFarAhead_IsFull()
    {
        var options = new ShardOptions { Threads = 1, ContextLength = 64, PrefillChunk = 2 };
        ManagedShard shard = TestShards.Load(_backend, TestShards.StoriesPath, new LayerRange(4, 7), options);
        await using var worker = new StageWorker(shard);
        var output = new RecordingOutput();
        StageSequence sequence = worker.Open(Spec(64, 1), output);
        int rows = (Limits.TokensAhead * 2) + 1;
        Assert.Equal(PostResult.Full, worker.Post(sequence, 0, new float[rows * shard.Width], rows, false));
    }

    [Fact]
    public async Task Close_MidGeneration_FreesItsSlotAndTheOthersGoOn()
    {
        await using StageWorker worker = Worker(new ShardOptions { Threads = 1, ContextLength = 256, Slots = 2 });
        var shard = (ManagedShard)worker.Shard;
        int pages = shard.FreePages;
        RecordingOutput closing = new(), staying = new();
        var third = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        closing.Next = (sequence, id, position) =>
        {
            worker.Post(sequence, position, [id], true);
            if (position == 5)
            {
                third.TrySetResult();
            }
        };
        staying.Next = (sequence, id, position) => worker.Post(sequence, position, [id], true);
        StageSequence first = worker.Open(Spec(256, 250), closing), second = worker.Open(Spec(256, 200), staying);
        Assert.Equal(ErrorCodes.Busy, Assert.Throws<ToreException>(() => worker.Open(Spec(1, 1), closing)).Code);
        worker.Post(first, 0, [1, 2, 3], true);
        worker.Post(second, 0, [4, 5], true);
        await third.Task.WaitAsync(Patience);
        await worker.Close(first).WaitAsync(Patience);
        int tokens = closing.Tokens.Count;
        StageSequence next = worker.Open(Spec(256, 1), closing);
        await staying.Ended.Task.WaitAsync(Patience);
        Assert.Equal(tokens, closing.Tokens.Count);
        Assert.Equal(200, staying.Tokens.Count);
        await Task.WhenAll(worker.Close(second), worker.Close(next));
        Assert.Equal(pages, shard.FreePages);
        Assert.Equal(0, worker.OpenSequences);
    }

    [Fact]
    public async Task DisposeAsync_SequenceOpen_FailsItWithDraining()
    {
        StageWorker worker = Worker(new ShardOptions { Threads = 1, ContextLength = 64 });
        var output = new RecordingOutput();
        worker.Open(Spec(8, 1), output);
        await worker.DisposeAsync();
        Assert.Equal(ErrorCodes.Draining, (await output.Failed.Task.WaitAsync(Patience)).Code);
    }

    [Fact]
    public async Task Serve_OutputThrows_EndsThatSequenceOnly()
    {
        await using StageWorker worker = Worker(new ShardOptions { Threads = 1, ContextLength = 64 });
        var output = new RecordingOutput { Next = (_, _, _) => throw new InvalidDataException("output") };
        StageSequence bad = worker.Open(Spec(8, 3), output);
        worker.Post(bad, 0, [1], true);
        Assert.Equal(ErrorCodes.Internal, (await output.Failed.Task.WaitAsync(Patience)).Code);
        var good = new RecordingOutput();
        StageSequence next = worker.Open(Spec(8, 1), good);
        worker.Post(next, 0, [1], true);
        await good.Ended.Task.WaitAsync(Patience);
        Assert.Equal(1, worker.OpenSequences);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Serve_SteadyDecode_AllocatesNothingAToken(int threads)
    {
        await using StageWorker worker = Worker(new ShardOptions { Threads = threads, ContextLength = 512 });
        var allocated = new List<long>(512);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new Measuring(worker, allocated, ended);
        StageSequence sequence = worker.Open(Spec(500, 480), output);
        worker.Post(sequence, 0, [1, 2, 3], true);
        await ended.Task.WaitAsync(Patience);
        // The first passes may still compile and inflate locks.
        long[] steady = [.. allocated.Skip(100)];
        Assert.Equal(380, steady.Length);
        Assert.Equal(steady[0], steady[^1]);
    }

    private StageWorker Worker(ShardOptions options) => new(TestShards.Load(_backend, TestShards.StoriesPath, null, options));

    private static StageSequenceSpec Spec(int positions, int tokens) =>
        new() { RequestId = "test", Positions = positions, MaxTokens = tokens };

    private sealed class Measuring(StageWorker worker, List<long> allocated, TaskCompletionSource ended) : IStageOutput
    {
        public void OnActivations(StageSequence sequence, int position, int count, bool wantsToken, ReadOnlySpan<float> rows)
        {
        }

        public void OnChunkDone(StageSequence sequence, int position, int count)
        {
        }

        public void OnToken(StageSequence sequence, in SampledToken token)
        {
            allocated.Add(GC.GetAllocatedBytesForCurrentThread());
            if (token.IsLast)
            {
                ended.SetResult();
            }
            else
            {
                worker.Post(sequence, token.Position, [token.Id], true);
            }
        }

        public void OnFailed(StageSequence sequence, ToreException error) => ended.TrySetException(error);
    }
}
