namespace Tore.Mesh.Tensors;

/// <summary>The instruction sets that the kernels come in. All give the same bits.</summary>
public enum KernelSet
{
    /// <summary>Plain C#, the definition.</summary>
    Portable,

    /// <summary>Arm AdvSimd.</summary>
    Neon,

    /// <summary>AVX2 and FMA.</summary>
    Avx2,

    /// <summary>AVX2 and FMA with AVX-VNNI.</summary>
    Avx2Vnni,

    /// <summary>AVX-512 (F, BW, DQ, VL) without AVX-VNNI.</summary>
    Avx512,

    /// <summary>AVX-512 (F, BW, DQ, VL) with AVX-VNNI.</summary>
    Avx512Vnni,
}
