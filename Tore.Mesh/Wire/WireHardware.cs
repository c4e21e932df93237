using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>What a node runs on; part of <see cref="NodeInfo"/>. Zero or empty: not known.</summary>
/// <param name="Cores">Cores that its engine may use.</param>
/// <param name="MemoryBytes">Memory that it may fill with layers and KV.</param>
/// <param name="Processor">The processor's name.</param>
internal readonly record struct WireHardware(int Cores, ulong MemoryBytes, string Processor)
{
    /// <summary>Nothing known.</summary>
    public static WireHardware Unknown => new(0, 0, "");

    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Cores);
        writer.Write(MemoryBytes);
        writer.Write(Processor);
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out WireHardware value)
    {
        value = default;
        if (!reader.TryReadFields(3, out int added)
            || !reader.TryReadCount(out int cores)
            || !reader.TryRead(out ulong memory)
            || !reader.TryRead(Limits.WireNameBytes, out string processor)
            || !reader.TrySkip(added))
        {
            return false;
        }
        value = new WireHardware(cores, memory, processor);
        return true;
    }
}
