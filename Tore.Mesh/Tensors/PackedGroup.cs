namespace Tore.Mesh.Tensors;

/// <summary>Where one group of 16 rows begins in each plane of a <see cref="PackedMatrix"/>.</summary>
internal readonly unsafe struct PackedGroup(byte* scales, byte* quants, byte* high, byte* subScales)
{
    /// <summary>Half scales and minima.</summary>
    public readonly byte* Scales = scales;

    /// <summary>Nibbles, bytes or floats.</summary>
    public readonly byte* Quants = quants;

    /// <summary>Bits above the nibble.</summary>
    public readonly byte* High = high;

    /// <summary>Sub-block scales of the K types.</summary>
    public readonly byte* SubScales = subScales;
}
