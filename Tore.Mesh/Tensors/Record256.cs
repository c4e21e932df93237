namespace Tore.Mesh.Tensors;

/// <summary>
/// Offsets within the record of 256 quantized activations: scale d (f32), sums of each 16 values (int16), sums of each 32 (int16), the
/// values (256 signed bytes).
/// </summary>
internal static class Record256
{
    /// <summary>Where the scale stands.</summary>
    public const int Scale = 0;

    /// <summary>Where the 16 sums of 16 values begin.</summary>
    public const int Sums16 = 4;

    /// <summary>Where the 8 sums of 32 values begin.</summary>
    public const int Sums32 = 36;

    /// <summary>Where the values begin.</summary>
    public const int Values = 52;

    /// <summary>Bytes of a record.</summary>
    public const int Bytes = 308;
}
