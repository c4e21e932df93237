namespace Tore.Mesh.Wire;

/// <summary>How the last stage draws tokens: the fields of <c>SamplingOptions</c>, which stands above this floor.</summary>
internal readonly record struct WireSampling(float Temperature, int TopK, float TopP, float MinP, float RepeatPenalty, ulong Seed)
{
    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(6);
        writer.Write(Temperature);
        writer.Write(TopK);
        writer.Write(TopP);
        writer.Write(MinP);
        writer.Write(RepeatPenalty);
        writer.Write(Seed);
    }

    /// <summary>Reads the value; floats must be finite.</summary>
    public static bool TryRead(ref MessagePackReader reader, out WireSampling value)
    {
        value = default;
        if (!reader.TryReadFields(6, out int added)
            || !reader.TryRead(out float temperature)
            || !reader.TryReadCount(out int topK)
            || !reader.TryRead(out float topP)
            || !reader.TryRead(out float minP)
            || !reader.TryRead(out float repeatPenalty)
            || !reader.TryRead(out ulong seed)
            || !reader.TrySkip(added))
        {
            return false;
        }
        value = new WireSampling(temperature, topK, topP, minP, repeatPenalty, seed);
        return (float.IsFinite(temperature) && float.IsFinite(topP) && float.IsFinite(minP) && float.IsFinite(repeatPenalty))
            || reader.Refuse(WireFailure.Malformed);
    }
}
