namespace Tore.Mesh.Tensors;

/// <summary>
/// Offsets within the record of 32 quantized activations: scale d (f32), sum of the values (int32), the values (32 signed bytes).
/// </summary>
internal static class Record32
{
    /// <summary>Where the scale stands.</summary>
    public const int Scale = 0;

    /// <summary>Where the sum stands.</summary>
    public const int Sum = 4;

    /// <summary>Where the values begin.</summary>
    public const int Values = 8;

    /// <summary>Bytes of a record.</summary>
    public const int Bytes = 40;
}
