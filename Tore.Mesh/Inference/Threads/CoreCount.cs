using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Inference.Threads;

/// <summary>How many cores this process may use.</summary>
public static class CoreCount
{
    /// <summary>
    /// Physical cores granted to this process: logical processors (affinity and container limits applied) over the threads a core
    /// has. Two lanes on one core share its caches and its loads; they gain nothing for work that waits for memory.
    /// </summary>
    public static int Physical { get; } = Math.Max(1, Environment.ProcessorCount / ThreadsPerCore());

    private static int ThreadsPerCore()
    {
        // CPUID leaf 0Bh, sub-leaf 0: logical processors at the SMT level (Intel SDM volume 2A, AMD APM volume 3).
        const int ExtendedTopology = 0x0B;
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < ExtendedTopology)
        {
            return 1;
        }
        (_, int processors, int level, _) = X86Base.CpuId(ExtendedTopology, 0);
        bool isSmtLevel = ((level >> 8) & 0xFF) == 1;
        return isSmtLevel ? Math.Clamp(processors & 0xFFFF, 1, 8) : 1;
    }
}
