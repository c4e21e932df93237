namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>What a tile kernel works on: some rows by some tokens, over a run of blocks.</summary>
internal unsafe struct Tile
{
    /// <summary>Unpacked weights of the first vector of rows.</summary>
    public byte* Weights;

    /// <summary>Bytes from there to those of the second vector.</summary>
    public nint WeightStep;

    /// <summary>Widened scales of the first vector of rows (for the float types: none).</summary>
    public byte* Scales;

    /// <summary>Bytes from there to those of the second vector.</summary>
    public nint ScaleStep;

    /// <summary>The first token's records, at the first block of the run.</summary>
    public byte* Activations;

    /// <summary>Bytes to the next token's.</summary>
    public nint ActivationStride;

    /// <summary>Blocks of the run.</summary>
    public int Blocks;

    /// <summary>Whether the sums begin at zero rather than at what <see cref="Results"/> holds.</summary>
    public bool IsFirst;

    /// <summary>The first token's sums of the first vector of rows; the second vector's follow.</summary>
    public float* Results;

    /// <summary>Floats to the next token's.</summary>
    public nint ResultStride;
}
