namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>A family of types: how its rows are unpacked to a panel in the first-level cache, and the kernel that multiplies it.</summary>
internal unsafe interface IPanel
{
    /// <summary>Up to this many tokens the weights stream through the registers; with more they are unpacked to panels.</summary>
    static abstract int FewTokens { get; }

    /// <summary>Blocks of a run: two groups of it and a tile's activations fit the first-level cache.</summary>
    static abstract int LongRun { get; }

    /// <summary>Bytes of one block of a token's activations.</summary>
    static abstract int ActivationBytes { get; }

    /// <summary>Bytes of one block of one group's weights in the panel.</summary>
    static abstract int WeightBytes { get; }

    /// <summary>Bytes of one block of one group's scales in the panel.</summary>
    static abstract int ScaleBytes { get; }

    /// <summary>Whether weights are used as packed; then only scales are unpacked.</summary>
    static abstract bool IsUnpacked { get; }

    /// <summary>Unpacks a run of blocks of one group.</summary>
    static abstract void Unpack(PackedGroup group, int block, int blocks, byte* weights, byte* scales);

    /// <summary>Runs the tile kernel.</summary>
    static abstract void Run<TShape>(in Tile tile)
        where TShape : ITileShape;

    /// <summary>Multiplies one whole group with a few tokens, without a panel.</summary>
    static abstract void RunStream(PackedGroup group, int blocks, byte* x, nint stride, int tokens, float* y, nint yStride);
}
