using System.Runtime.InteropServices;
using System.Text.Json;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Pipelines.Forward;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api;

/// <summary>Reads tore-0001 ForwardRequest and checks it against the shard that is to run it.</summary>
internal static class ForwardBody
{
    /// <summary>Reads a call for a shard.</summary>
    public static ForwardCall Read(JsonFields body, IShard shard)
    {
        CheckPlace(body, "is_first_shard", shard.IsFirst, shard.Layers);
        CheckPlace(body, "is_last_shard", shard.IsLast, shard.Layers);
        int[] ids = shard.IsFirst ? ReadIds(body) : [];
        float[] rows = shard.IsFirst ? [] : ReadRows(body, shard.Width);
        int newTokens = body.Int("max_new_tokens", 0, int.MaxValue) ?? 0;
        if (newTokens > 0 && !shard.IsLast)
        {
            throw JsonFields.Invalid("'max_new_tokens' must be 0 on a shard that is not the last.", "max_new_tokens");
        }
        (SamplingOptions sampling, long? seed) = ReadSampling(body);
        return new ForwardCall
        {
            RequestId = body.RequireRequestId(),
            Ids = ids,
            Rows = rows,
            Count = shard.IsFirst ? ids.Length : rows.Length / shard.Width,
            // Only a shard that holds all layers can go on by itself.
            NewTokens = shard.IsFirst ? newTokens : Math.Min(newTokens, 1),
            Position = body.Int("position", 0, int.MaxValue),
            Sampling = sampling,
            Seed = seed,
        };
    }

    private static void CheckPlace(JsonFields body, string name, bool actual, LayerRange layers)
    {
        if ((body.Flag(name) ?? throw JsonFields.Invalid($"'{name}' is required.", name)) != actual)
        {
            throw JsonFields.Invalid($"'{name}' does not fit: this node has layers {layers} open, which is "
                + $"{(actual ? "" : "not ")}that shard.", name);
        }
    }

    private static int[] ReadIds(JsonFields body)
    {
        if (body.Element("input_ids") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            throw JsonFields.Invalid("'input_ids' must be an array of at least one token id on the first shard.", "input_ids");
        }
        return [.. list.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out int id)
            ? id
            : throw JsonFields.Invalid("'input_ids' must hold token ids.", "input_ids"))];
    }

    private static float[] ReadRows(JsonFields body, int width)
    {
        if (body.Element("activations") is not { ValueKind: JsonValueKind.String } text || !text.TryGetBytesFromBase64(out byte[]? bytes))
        {
            throw JsonFields.Invalid("'activations' must be base64 of little-endian f32, rows x width.", "activations");
        }
        if (bytes.Length == 0 || bytes.Length % (4 * width) != 0)
        {
            throw JsonFields.Invalid($"'activations' hold {bytes.Length} bytes, which is no number of rows of {width} floats.",
                "activations");
        }
        if (bytes.Length > Limits.ActivationBytes)
        {
            throw new ApiException(413, ErrorCodes.PayloadTooLarge, $"'activations' hold {bytes.Length} bytes; at most "
                + $"{Limits.ActivationBytes} a call.", "activations");
        }
        float[] rows = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        return Array.TrueForAll(rows, float.IsFinite)
            ? rows
            : throw JsonFields.Invalid("'activations' hold an infinite or undefined number.", "activations");
    }

    private static (SamplingOptions Sampling, long? Seed) ReadSampling(JsonFields body)
    {
        // The draft knows a temperature only: everything else is off unless the extension asks for it.
        var plain = new SamplingOptions { Temperature = body.Number("temperature", 0, 100) ?? 1, TopK = 0, TopP = 1, MinP = 0 };
        if (body.Element("sampling") is not JsonElement element)
        {
            return (plain, null);
        }
        JsonFields sampling = JsonFields.Of(element, "sampling");
        sampling.Unsupported("repeat_penalty", v => v.ValueKind == JsonValueKind.Number && v.GetDouble() == 1,
            "The last shard does not see the prompt.");
        return (plain with
        {
            Temperature = sampling.Number("temperature", 0, 100) ?? plain.Temperature,
            TopK = sampling.Int("top_k", 0, int.MaxValue) ?? 0,
            TopP = sampling.Number("top_p", 0, 1) ?? 1,
            MinP = sampling.Number("min_p", 0, 1) ?? 0,
        }, sampling.Long("seed"));
    }
}
