using System.Buffers.Binary;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Inference;

public sealed class ManagedShardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManagedBackend _backend;

    public ManagedShardTests() => _backend = TestShards.Backend(_folder);

    public void Dispose()
    {
        _backend.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Load_LessMemoryThanItNeeds_IsRefusedWithTheNumbers()
    {
        using GgufFile file = GgufFile.Open(TestShards.StoriesPath);
        ModelConfig config = ModelConfig.Read(file);
        LayerRange all = LayerRange.All(config.LayerCount);
        ShardBudget budget = _backend.Plan(file, config, all, new ShardOptions());
        var options = new ShardOptions { MemoryBytes = budget.TotalBytes - 1 };
        var error = Assert.Throws<ToreException>(() => _backend.Load(file, config, all, options, null, default));
        Assert.Equal(ErrorCodes.MemoryBudgetExceeded, error.Code);
        Assert.Contains($"({budget.TotalBytes} bytes)", error.Message, StringComparison.Ordinal);
        Assert.Contains($"({budget.KeyValueBytes} bytes)", error.Message, StringComparison.Ordinal);
        using IShard fits = _backend.Load(file, config, all, options with { MemoryBytes = budget.TotalBytes }, null, default);
        Assert.Equal(budget, fits.Budget);
    }

    [Fact]
    public void Plan_TiedEmbedding_CountsForFirstAndLastShardAndOnceForBoth()
    {
        using GgufFile file = GgufFile.Open(TestShards.StoriesPath);
        ModelConfig config = ModelConfig.Read(file);
        Assert.True(config.TiedOutput);
        var options = new ShardOptions { Threads = 1 };
        long whole = _backend.Plan(file, config, LayerRange.All(8), options).WeightBytes;
        long first = _backend.Plan(file, config, new LayerRange(0, 3), options).WeightBytes;
        long last = _backend.Plan(file, config, new LayerRange(4, 7), options).WeightBytes;
        long embedding = _backend.Plan(file, config, new LayerRange(0, 0), options).WeightBytes
            - _backend.Plan(file, config, new LayerRange(1, 1), options).WeightBytes;
        Assert.True(embedding > config.VocabularySize * config.Width);
        Assert.InRange(first + last, whole + embedding, whole + embedding + (512 * 1024));
    }

    [Fact]
    public void Load_AbsurdContextAndSlots_IsRefusedNotAllocated()
    {
        using GgufFile file = GgufFile.Open(TestShards.StoriesPath);
        ModelConfig config = ModelConfig.Read(file);
        var options = new ShardOptions { ContextLength = int.MaxValue, Slots = Limits.StageSlots };
        var error = Assert.Throws<ToreException>(() => _backend.Load(file, config, LayerRange.All(8), options, null, default));
        Assert.Equal(ErrorCodes.MemoryBudgetExceeded, error.Code);
    }

    [Fact]
    public void Load_Cancelled_StopsAndCanBeLoadedAgain()
    {
        using GgufFile file = GgufFile.Open(TestShards.StoriesPath);
        ModelConfig config = ModelConfig.Read(file);
        using var cancel = new CancellationTokenSource();
        var progress = new Progress(report => cancel.Cancel());
        Assert.Throws<OperationCanceledException>(
            () => _backend.Load(file, config, LayerRange.All(8), new ShardOptions { Threads = 2 }, progress, cancel.Token));
        using IShard shard = _backend.Load(file, config, LayerRange.All(8), new ShardOptions { Threads = 2 }, null, default);
        Assert.Equal(8, shard.Layers.Count);
    }

    [Fact]
    public void Load_Whole_ReportsEveryByte()
    {
        using GgufFile file = GgufFile.Open(TestShards.StoriesPath);
        ModelConfig config = ModelConfig.Read(file);
        List<LoadProgress> reports = [];
        using IShard shard = _backend.Load(
            file, config, LayerRange.All(8), new ShardOptions { Threads = 1 }, new Progress(reports.Add), default);
        Assert.Equal(reports[^1].TotalBytes, reports[^1].Bytes);
        Assert.Equal(reports.Order(Comparer<LoadProgress>.Create((a, b) => a.Bytes.CompareTo(b.Bytes))), reports);
        Assert.InRange(reports[^1].TotalBytes, file.FileBytes * 0.9, file.FileBytes);
    }

    [Fact]
    public void Load_InfiniteScale_IsModelBadValue()
    {
        string path = Path.Combine(_folder.FullPath, "bad.gguf");
        TestShards.Rewrite(TestShards.StoriesPath, path, (name, bytes) =>
        {
            if (name == "blk.3.ffn_up.weight")
            {
                BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(34 * 100), Half.PositiveInfinity);
            }
        });
        Assert.Equal(ErrorCodes.ModelBadValue, Assert.Throws<ToreException>(() => TestShards.Load(_backend, path)).Code);
        using ManagedShard other = TestShards.Load(_backend, path, new LayerRange(0, 2));
        Assert.Equal(3, other.Layers.Count);
    }

    [Fact]
    public void Forward_OneSequenceOverflows_LeavesTheOtherBitForBit()
    {
        string path = TestShards.OverflowingModel(_folder, token: 7);
        using ManagedShard shard = TestShards.Load(_backend, path);
        var failed = new bool[2];
        float[] alone = Logits(shard, [[3, 4, 5]], failed);
        Assert.Equal([false, false], failed);
        float[] beside = Logits(shard, [[2, 7, 9, 7], [3, 4, 5]], failed);
        Assert.Equal([true, false], failed);
        Assert.Equal(alone, beside[shard.VocabularySize..]);
    }

    [Fact]
    public void Forward_Steps_CountsTheOperationsRun()
    {
        using ManagedShard shard = TestShards.Load(_backend, TestShards.StoriesPath);
        using IShardSequence sequence = shard.OpenSequence(8);
        shard.TokenIds[0] = 1;
        shard.TokenIds[1] = 2;
        shard.Forward([new ShardStep(sequence, 0, 2, LogitRows.Last)], new bool[1]);
        shard.Logits(0, 1);
        // Width 128, 4 heads of 32 over 2 key-value heads, feed-forward 384, vocabulary 1024, 8 layers.
        long heads = 2 * ((128 * 128) + (2 * 128 * 64)), rest = 2 * ((128 * 128) + (3 * 128 * 384)), seen = 4 * 128;
        // The last layer goes on with the second row alone.
        Assert.Equal((7 * ((2 * (heads + rest)) + (seen * 3))) + (2 * heads) + rest + (seen * 2) + (2 * 128 * 1024), sequence.Flops);
        Assert.Equal(sequence.Flops, shard.Flops);
    }

    [Fact]
    public void Forward_StepOutOfOrder_Throws()
    {
        using ManagedShard shard = TestShards.Load(_backend, TestShards.StoriesPath);
        using IShardSequence sequence = shard.OpenSequence(8);
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Forward([new ShardStep(sequence, 1, 1, LogitRows.None)], new bool[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Forward([new ShardStep(sequence, 0, 9, LogitRows.None)], new bool[1]));
    }

    private static float[] Logits(ManagedShard shard, int[][] prompts, bool[] failed)
    {
        IShardSequence[] sequences = [.. prompts.Select(prompt => shard.OpenSequence(prompt.Length))];
        int row = 0;
        foreach (int[] prompt in prompts)
        {
            prompt.CopyTo(shard.TokenIds[row..]);
            row += prompt.Length;
        }
        ShardStep[] steps = [.. prompts.Select((prompt, i) => new ShardStep(sequences[i], 0, prompt.Length, LogitRows.Last))];
        shard.Forward(steps, failed);
        float[] logits = shard.Logits(0, prompts.Length).ToArray();
        Array.ForEach(sequences, sequence => sequence.Dispose());
        return logits;
    }

    private sealed class Progress(Action<LoadProgress> report) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => report(value);
    }
}
