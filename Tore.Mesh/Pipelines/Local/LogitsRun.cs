using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Local;

/// <summary>Logits of every position of given ids, for people who compare engines. The context is the number of ids.</summary>
public sealed class LogitsRun
{
    private const int TopCount = 5;

    private readonly IShardBackend _backend;
    private readonly GgufFile _file;
    private readonly ModelConfig _config;
    private readonly LogitsOptions _options;

    /// <summary>Prepares to run a model.</summary>
    public LogitsRun(IShardBackend backend, GgufFile file, ModelConfig config, LogitsOptions options)
    {
        _backend = backend;
        _file = file;
        _config = config;
        _options = options;
    }

    /// <summary>Loads the model, runs the ids and writes the rows, raw little-endian f32, to <paramref name="output"/>.</summary>
    /// <exception cref="ToreException"><c>empty_prompt</c>, <c>invalid_request</c> (an id beyond the vocabulary), <c>invalid_stages</c>,
    /// <c>memory_budget_exceeded</c>, <c>numeric_overflow</c>, ...</exception>
    public LogitsResult Run(IReadOnlyList<int> ids, Stream? output, CancellationToken cancellationToken)
    {
        Check(ids);
        var options = new ShardOptions
        {
            ContextLength = ids.Count,
            Slots = 1,
            Threads = _options.Threads,
            PrefillChunk = _options.PrefillChunk,
            MemoryBytes = _options.MemoryBytes,
        };
        IShard[] shards = LocalStages.Load(_backend, _file, _config, _options.Stages, options, null, cancellationToken);
        try
        {
            return Run(shards, ids, output, cancellationToken);
        }
        finally
        {
            Array.ForEach(shards, shard => shard.Dispose());
        }
    }

    private void Check(IReadOnlyList<int> ids)
    {
        if (ids.Count == 0)
        {
            throw new ToreException(ErrorCodes.EmptyPrompt, "There are no ids to run: give at least one.");
        }
        foreach (int id in ids)
        {
            if (id < 0 || id >= _config.VocabularySize)
            {
                throw new ToreException(
                    ErrorCodes.InvalidRequest, $"Token {id} is not in the vocabulary: ids are 0 to {_config.VocabularySize - 1}.");
            }
        }
    }

    private static LogitsResult Run(IShard[] shards, IReadOnlyList<int> ids, Stream? output, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IShardSequence[] sequences = [.. shards.Select(shard => shard.OpenSequence(ids.Count))];
        IShard last = shards[^1];
        TokenLogit[] top = [];
        int chunk = shards[0].PrefillChunk;
        for (int position = 0; position < ids.Count; position += chunk)
        {
            int count = Math.Min(chunk, ids.Count - position);
            for (int i = 0; i < count; i++)
            {
                shards[0].TokenIds[i] = ids[position + i];
            }
            RunChunk(shards, sequences, position, count, cancellationToken);
            for (int row = 0; row < count; row += last.MaxLogitRows)
            {
                ReadOnlySpan<float> logits = last.Logits(row, Math.Min(last.MaxLogitRows, count - row));
                Take(logits, position + row, hash, output);
                top = TopOf(logits[^last.VocabularySize..]);
            }
        }
        return new LogitsResult
        {
            Digest = new Digest(hash.GetHashAndReset()),
            Rows = ids.Count,
            Vocabulary = last.VocabularySize,
            Isa = last.Isa,
            Flops = shards.Sum(shard => shard.Flops),
            Top = top,
        };
    }

    private static void RunChunk(IShard[] shards, IShardSequence[] sequences, int position, int count, CancellationToken cancellationToken)
    {
        Span<bool> failed = [false];
        for (int i = 0; i < shards.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i > 0)
            {
                shards[i - 1].Hidden[..(count * shards[i].Width)].CopyTo(shards[i].Hidden);
            }
            shards[i].Forward([new ShardStep(sequences[i], position, count, LogitRows.All)], failed);
            if (failed[0])
            {
                throw Overflow(position, count);
            }
        }
    }

    private static void Take(ReadOnlySpan<float> logits, int position, IncrementalHash hash, Stream? output)
    {
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
            {
                throw Overflow(position, 1);
            }
        }
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(logits);
        hash.AppendData(bytes);
        output?.Write(bytes);
    }

    private static TokenLogit[] TopOf(ReadOnlySpan<float> row)
    {
        var tokens = new TokenLogit[row.Length];
        for (int id = 0; id < row.Length; id++)
        {
            tokens[id] = new TokenLogit(id, row[id]);
        }
        return [.. tokens.OrderByDescending(token => token.Logit).ThenBy(token => token.Id).Take(TopCount)];
    }

    private static ToreException Overflow(int position, int count) => new(
        ErrorCodes.NumericOverflow,
        $"A value became infinite or undefined at positions {position}-{position + count - 1}: the weights do not suit these ids, "
        + "or the file is damaged.");
}
