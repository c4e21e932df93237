using System.Text.Json;
using Tore.Mesh.Inference.Sampling;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>The parameters that both OpenAI routes share.</summary>
internal sealed record SharedParameters
{
    /// <summary>Most stop strings of one request.</summary>
    private const int MaxStops = 16;

    private const int MaxStopLength = 1024;

    public required string Model { get; init; }

    public required bool Stream { get; init; }

    public required bool IncludeUsage { get; init; }

    /// <summary>Whether log-probabilities were asked for.</summary>
    public bool LogProbs { get; init; }

    public required int? MaxTokens { get; init; }

    /// <summary>As given; the answer tells it back.</summary>
    public required long? Seed { get; init; }

    public required IReadOnlyList<string> Stop { get; init; }

    public required SamplingOptions Sampling { get; init; }

    /// <summary>Reads them; the extensions are <c>top_k</c>, <c>min_p</c> and <c>repeat_penalty</c>.</summary>
    public static SharedParameters Read(JsonFields body)
    {
        RefuseUnsupported(body);
        bool stream = body.Flag("stream") ?? false;
        JsonFields? streamOptions = body.Element("stream_options") is JsonElement options ? JsonFields.Of(options, "stream_options") : null;
        if (streamOptions is not null && !stream)
        {
            throw JsonFields.Invalid("'stream_options' is for streams: set 'stream' to true.", "stream_options");
        }
        return new SharedParameters
        {
            Model = body.RequireString("model"),
            Stream = stream,
            IncludeUsage = streamOptions?.Flag("include_usage") ?? false,
            MaxTokens = body.Int("max_completion_tokens", 1, int.MaxValue) ?? body.Int("max_tokens", 1, int.MaxValue),
            Seed = body.Long("seed"),
            Stop = ReadStop(body),
            Sampling = SamplingParameters.Read(body),
        };
    }

    private static void RefuseUnsupported(JsonFields body)
    {
        body.Unsupported("n", v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out int n) && n == 1,
            "One choice a request: send it again for more.");
        body.Unsupported("logit_bias", IsEmpty);
        body.Unsupported("presence_penalty", IsZero, "Use 'repeat_penalty'.");
        body.Unsupported("frequency_penalty", IsZero, "Use 'repeat_penalty'.");
    }

    private static string[] ReadStop(JsonFields body)
    {
        if (body.Element("stop") is not JsonElement stop)
        {
            return [];
        }
        string[] stops = stop.ValueKind == JsonValueKind.Array
            ? [.. stop.EnumerateArray().Take(MaxStops + 1).Select(s => JsonFields.StringOf(s, "stop"))]
            : [JsonFields.StringOf(stop, "stop")];
        return stops.Length <= MaxStops && stops.All(s => s.Length is > 0 and <= MaxStopLength)
            ? stops
            : throw JsonFields.Invalid($"'stop' takes up to {MaxStops} strings of 1 to {MaxStopLength} characters.", "stop");
    }

    /// <summary>Whether a value is an empty array or object.</summary>
    public static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };

    private static bool IsZero(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0;
}
