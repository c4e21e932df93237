using System.Runtime.CompilerServices;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Text;

/// <summary>
/// Text in, text out, over any <see cref="IPipelineProvider"/>: the one path behind <c>tore run</c>, <c>/inference/generate</c> and the
/// OpenAI dialect, so that all of them agree to the bit. Flow of a request:
/// (1) resolve the model; (2) turn the prompt into ids; (3) check it against the context; (4) take slots; (5) generate, decode and
/// watch for stop strings; (6) give the slots back.
/// </summary>
public sealed class InferenceService
{
    /// <summary>Chosen seeds stay below 2^53, so that every JSON reader keeps them exactly.</summary>
    private const ulong SeedMask = (1UL << 53) - 1;

    private readonly IPipelineProvider _provider;
    private readonly TimeProvider _time;
    private readonly Func<ulong> _chooseSeed;

    /// <summary>Serves requests over a provider.</summary>
    /// <param name="provider">The models and the routes through them.</param>
    /// <param name="time">Times the answer.</param>
    /// <param name="chooseSeed">Gives a request without a seed one.</param>
    public InferenceService(IPipelineProvider provider, TimeProvider time, Func<ulong> chooseSeed)
    {
        _provider = provider;
        _time = time;
        _chooseSeed = chooseSeed;
    }

    /// <summary>The models behind this service.</summary>
    public IPipelineProvider Provider => _provider;

    /// <summary>
    /// Streams the events of one generation. Leaving the stream early frees the slots and the KV within one step.
    /// Throws <see cref="ToreException"/>: <c>model_not_found</c>, <c>model_ambiguous</c>, <c>model_not_ready</c>, <c>empty_prompt</c>,
    /// <c>invalid_request</c>, <c>context_length_exceeded</c>, <c>busy</c>, <c>draining</c>, and what the pipeline throws.
    /// </summary>
    public async IAsyncEnumerable<TextEvent> GenerateAsync(
        TextRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ModelListing model = await _provider.ResolveAsync(request.ModelId, cancellationToken);
        ModelText text = TextOf(model);
        List<int> prompt = PromptEncoder.Encode(text, request.Prompt, request.ParseSpecial);
        int maxTokens = MaxTokens(request, prompt.Count, model.ContextLength);
        ulong seed = request.Seed ?? (_chooseSeed() & SeedMask);

        await using ITokenPipeline pipeline = await _provider.AcquireAsync(model, prompt.Count + maxTokens, cancellationToken);
        yield return new TextStarted(model, prompt, seed, maxTokens, pipeline.Stages);

        IReadOnlySet<int> endIds = text.EndIds;
        PipelineRequest work = new()
        {
            RequestId = request.RequestId,
            PromptIds = prompt,
            MaxTokens = maxTokens,
            Sampling = request.Sampling with { Seed = seed },
            EndIds = endIds,
            TopLogProbs = request.TopLogProbs,
            WantDigest = request.WantDigest,
        };
        var assembler = new TextAssembler(request.Stop);
        StreamDecoder decoder = new(text.Tokenizer, atStart: request.Prompt is TextPrompt.Chat);
        List<int> ids = [];
        string reason = TextFinished.Length;
        string? digest = null;
        long start = _time.GetTimestamp(), first = start, last = start;
        await foreach (GeneratedToken token in pipeline.GenerateAsync(work, cancellationToken))
        {
            last = _time.GetTimestamp();
            first = ids.Count == 0 ? last : first;
            ids.Add(token.Id);
            digest = token.Digest ?? digest;
            if (endIds.Contains(token.Id))
            {
                reason = TextFinished.Stop;
                continue;
            }
            yield return assembler.Push(new TextToken(token, text.Tokenizer.BytesOf(token.Id)), decoder.Push(token.Id));
            if (assembler.IsStopped)
            {
                reason = TextFinished.Stop;
                break;
            }
        }
        if (!assembler.IsStopped)
        {
            yield return assembler.Finish();
        }
        yield return new TextFinished(reason, ids)
        {
            PromptTokens = prompt.Count,
            Digest = digest,
            TimeToFirstToken = _time.GetElapsedTime(start, first),
            DecodeTime = _time.GetElapsedTime(first, last),
        };
    }

    /// <summary>The text side of a model; <c>model_not_ready</c> where this node has no copy of the file.</summary>
    public static ModelText TextOf(ModelListing model) => model.Text ?? throw new ToreException(
        ErrorCodes.ModelNotReady,
        $"This node holds no copy of '{model.Label}', so it has no tokenizer for it. Ask a node that holds the file, or start this one "
            + $"with --model FILE.");

    private static int MaxTokens(TextRequest request, int promptTokens, int context)
    {
        if (request.MaxTokens is < 1)
        {
            throw new ToreException(ErrorCodes.InvalidRequest, "The number of tokens to generate must be at least 1.");
        }
        int left = context - promptTokens;
        int wanted = request.MaxTokens ?? Math.Min(request.DefaultMaxTokens ?? int.MaxValue, Math.Max(left, 1));
        return wanted <= left ? wanted : throw new ToreException(
            ErrorCodes.ContextLengthExceeded,
            $"The prompt has {promptTokens} tokens and {wanted} more were to be generated; together they exceed the context of "
                + $"{context} tokens. "
            + "Shorten the prompt, ask for fewer tokens, or start the node with a larger --context.");
    }
}
