using System.Runtime.InteropServices;

namespace Tore.Mesh.Primitives.Platform;

/// <summary>
/// Tells the kernel which pages of a file mapping this process is done with. Only a hint: the bytes stay readable
/// and come back from the file when touched. Does nothing where the platform has no such call.
/// </summary>
internal static unsafe partial class PageAdvice
{
    // MADV_DONTNEED has this number on Linux, macOS and FreeBSD. glibc turns posix_madvise(DONTNEED) into nothing, hence madvise.
    private const int DontNeed = 4;

    /// <summary>Takes the whole pages within a read-only shared file mapping out of this process's memory.</summary>
    /// <param name="start">First byte of the range.</param>
    /// <param name="bytes">Length of the range; pages that are only partly inside it are left alone.</param>
    public static void Release(byte* start, long bytes)
    {
        long page = Environment.SystemPageSize;
        nuint first = ((nuint)start + (nuint)(page - 1)) & ~(nuint)(page - 1);
        nuint end = ((nuint)start + (nuint)bytes) & ~(nuint)(page - 1);
        if (bytes <= 0 || end <= first)
        {
            return;
        }
        try
        {
            if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD())
            {
                _ = AdviseMemory((void*)first, end - first, DontNeed);
            }
            else if (OperatingSystem.IsWindows())
            {
                // Unlocking pages that were never locked drops them from the working set (documented side effect).
                _ = VirtualUnlock((void*)first, end - first);
            }
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system library of another name: the pages stay until memory is short, which is all that is lost.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int AdviseMemory(void* address, nuint length, int advice);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualUnlock(void* address, nuint size);
}
