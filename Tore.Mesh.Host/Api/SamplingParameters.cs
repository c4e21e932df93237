using Tore.Mesh.Inference.Sampling;

namespace Tore.Mesh.Host.Api;

/// <summary>How a request asks for its tokens to be drawn, the same on every route.</summary>
internal static class SamplingParameters
{
    /// <summary>
    /// Reads <c>temperature</c>, <c>top_k</c>, <c>top_p</c>, <c>min_p</c> and <c>repeat_penalty</c>; what is absent keeps the product's
    /// default.
    /// </summary>
    public static SamplingOptions Read(JsonFields body)
    {
        var standard = new SamplingOptions();
        return new SamplingOptions
        {
            Temperature = body.Number("temperature", 0, 100) ?? standard.Temperature,
            TopK = body.Int("top_k", 0, int.MaxValue) ?? standard.TopK,
            TopP = body.Number("top_p", 0, 1) ?? standard.TopP,
            MinP = body.Number("min_p", 0, 1) ?? standard.MinP,
            RepeatPenalty = body.Number("repeat_penalty", 0.01f, 100) ?? standard.RepeatPenalty,
        };
    }
}
