using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors;

/// <summary>
/// Which kernel sets this process can run. The runtime's own switches count: <c>DOTNET_EnableAVX512=0</c> takes both AVX-512 sets away,
/// <c>DOTNET_EnableAVXVNNI=0</c> both VNNI sets, <c>DOTNET_EnableAVX2=0</c> and <c>DOTNET_EnableHWIntrinsic=0</c> leave the portable one.
/// </summary>
public static class KernelSets
{
    private static readonly KernelSet[] Runnable = Detect();

    /// <summary>The fastest available set.</summary>
    public static KernelSet Current => Runnable[0];

    /// <summary>Every set that this process can run, the fastest first, <see cref="KernelSet.Portable"/> last.</summary>
    public static ReadOnlySpan<KernelSet> Available => Runnable;

    /// <summary>The name that <c>--json</c> and records show, such as <c>avx512-vnni</c>.</summary>
    public static string NameOf(KernelSet set) => set switch
    {
        KernelSet.Portable => "portable",
        KernelSet.Neon => "neon",
        KernelSet.Avx2 => "avx2",
        KernelSet.Avx2Vnni => "avx2-vnni",
        KernelSet.Avx512 => "avx512",
        KernelSet.Avx512Vnni => "avx512-vnni",
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "not a kernel set"),
    };

    private static KernelSet[] Detect()
    {
        List<KernelSet> sets = [];
        bool avx2 = Avx2.IsSupported && Fma.IsSupported;
        bool avx512 = avx2 && Avx512F.VL.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported;
        bool vnni = avx2 && AvxVnni.IsSupported;
        if (avx512 && vnni)
        {
            sets.Add(KernelSet.Avx512Vnni);
        }
        if (avx512)
        {
            sets.Add(KernelSet.Avx512);
        }
        if (vnni)
        {
            sets.Add(KernelSet.Avx2Vnni);
        }
        if (avx2)
        {
            sets.Add(KernelSet.Avx2);
        }
        if (AdvSimd.Arm64.IsSupported)
        {
            sets.Add(KernelSet.Neon);
        }
        sets.Add(KernelSet.Portable);
        return [.. sets];
    }
}
