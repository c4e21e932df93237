namespace Tore.Mesh.Transport;

/// <summary>A range of wire versions, both ends included.</summary>
internal readonly record struct WireVersions(ushort Lowest, ushort Highest)
{
    /// <summary>What this program speaks.</summary>
    public static WireVersions Supported => new(1, 1);

    /// <summary>The highest version that both name; null when there is none.</summary>
    public ushort? HighestCommon(WireVersions other)
    {
        ushort highest = Math.Min(Highest, other.Highest);
        return highest >= Math.Max(Lowest, other.Lowest) ? highest : null;
    }
}
