namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Where the unpacked scales of one block of one group of a K type stand, in vectors of 16 rows: first up to 16 sub-block scales; then up
/// to 8 vectors of int16 pairs (the minima, or the scales again for the offset's correction); then d and dmin as f32.
/// </summary>
internal static class Block256Scales
{
    /// <summary>Where the int16 pairs begin.</summary>
    public const int Pairs = 16 * 64;

    /// <summary>Where d begins; dmin follows.</summary>
    public const int Factors = Pairs + (8 * 64);

    /// <summary>Bytes of all of it.</summary>
    public const int Bytes = Factors + (2 * 64);
}
