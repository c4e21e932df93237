using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Measuring;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Local;

/// <summary>
/// Times prefill and decode of a model in this process, after a warm-up run, together with what they cost and could reach.
/// </summary>
public sealed class BenchRun
{
    private const int WarmUpTokens = 16;

    private readonly IShardBackend _backend;
    private readonly LocalModel _model;
    private readonly BenchOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Prepares to measure.</summary>
    public BenchRun(IShardBackend backend, LocalModel model, BenchOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PromptTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.GenerateTokens, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Streams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Repeats, 1);
        _backend = backend;
        _model = model;
        _options = options;
        _time = time;
    }

    /// <summary>Loads, warms up, measures and unloads.</summary>
    /// <exception cref="ToreException"><c>invalid_stages</c>, <c>memory_budget_exceeded</c>, <c>context_length_exceeded</c>,
    /// ...</exception>
    public async Task<BenchResult> RunAsync(CancellationToken cancellationToken)
    {
        var memory = new PeakMemory();
        int threads = _options.Threads ?? CoreCount.Physical;
        long start = _time.GetTimestamp();
        LocalPipelineProvider provider = Load(threads, memory, cancellationToken);
        double loadSeconds = _time.GetElapsedTime(start).TotalSeconds;
        var prefill = new double[_options.Repeats];
        var decode = new double[_options.Repeats];
        var read = new double[_options.Repeats];
        ShardBudget budget = provider.Budget;
        string isa = provider.Isa;
        await using (provider)
        {
            await MeasureAsync(provider, Math.Min(_options.GenerateTokens, WarmUpTokens), cancellationToken);
            memory.Sample();
            for (int i = 0; i < _options.Repeats; i++)
            {
                (prefill[i], decode[i]) = await MeasureAsync(provider, _options.GenerateTokens, cancellationToken);
                memory.Sample();
                // In turns with decode: what else the machine does changes from second to second.
                read[i] = ReadBandwidth.Measure(threads, _time);
            }
        }
        return new BenchResult
        {
            PrefillTokensPerSecond = Median(prefill),
            DecodeTokensPerSecond = Median(decode),
            LoadSeconds = loadSeconds,
            PeakMemoryBytes = memory.Bytes,
            BudgetBytes = budget.TotalBytes,
            ReadBytesPerSecond = Median(read),
            Isa = isa,
            Threads = threads,
        };
    }

    private LocalPipelineProvider Load(int threads, PeakMemory memory, CancellationToken cancellationToken)
    {
        var options = new ShardOptions
        {
            ContextLength = _options.PromptTokens + _options.GenerateTokens,
            Slots = _options.Streams,
            Threads = threads,
            MemoryBytes = _options.MemoryBytes,
            PrefillChunk = _options.PrefillChunk,
        };
        return LocalPipelineProvider.Load(_backend, _model, _options.Stages, options, default, _time, memory, cancellationToken);
    }

    /// <summary>Runs all streams once and gives their prefill and decode speed in tokens per second.</summary>
    private async Task<(double Prefill, double Decode)> MeasureAsync(
        LocalPipelineProvider provider, int tokens, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        long[][] times = await Task.WhenAll(
            Enumerable.Range(0, _options.Streams).Select(i => StreamAsync(provider, i, tokens, cancellationToken)));
        long allStarted = times.Max(stream => stream[0]);
        // Streams so short that they never ran all at once: from the first token of any to the last of all.
        bool together = times.Min(stream => stream[^1]) > allStarted;
        long from = together ? allStarted : times.Min(stream => stream[0]);
        long to = together ? times.Min(stream => stream[^1]) : times.Max(stream => stream[^1]);
        long within = times.Sum(stream => stream.LongCount(time => time > from && time <= to));
        double prefillSeconds = _time.GetElapsedTime(start, allStarted).TotalSeconds;
        double decodeSeconds = Math.Max(_time.GetElapsedTime(from, to).TotalSeconds, TimeSpan.FromTicks(1).TotalSeconds);
        return ((double)_options.Streams * _options.PromptTokens / prefillSeconds, within / decodeSeconds);
    }

    private async Task<long[]> StreamAsync(LocalPipelineProvider provider, int stream, int tokens, CancellationToken cancellationToken)
    {
        int vocabulary = _model.Config.VocabularySize;
        var times = new long[tokens];
        await using ITokenPipeline pipeline = await provider.AcquireAsync(
            provider.Models[0], _options.PromptTokens + tokens, cancellationToken);
        var request = new PipelineRequest
        {
            RequestId = $"bench-{stream}",
            PromptIds = [.. Enumerable.Range(0, _options.PromptTokens).Select(i => (10 + stream + (i * 7)) % vocabulary)],
            MaxTokens = tokens,
            Sampling = SamplingOptions.Greedy,
            EndIds = new HashSet<int>(),
        };
        int count = 0;
        await foreach (GeneratedToken token in pipeline.GenerateAsync(request, cancellationToken))
        {
            times[count++] = _time.GetTimestamp();
        }
        return times;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
