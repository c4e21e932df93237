using System.Runtime.InteropServices;

namespace Tore.Mesh.Primitives.Platform;

/// <summary>
/// Hints to the kernel about pages: which of a file mapping this process is done with (the bytes stay readable and come back
/// from the file when touched), and where large ones help. Does nothing where the platform has no such call.
/// </summary>
internal static unsafe partial class PageAdvice
{
    // MADV_DONTNEED has this number on Linux, macOS and FreeBSD. glibc turns posix_madvise(DONTNEED) into nothing, hence madvise.
    private const int DontNeed = 4;

    // MADV_HUGEPAGE; Linux alone has it.
    private const int HugePage = 14;

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

    /// <summary>Asks for large pages behind freshly allocated memory, before it is touched; only Linux has to be asked.</summary>
    /// <param name="start">First byte, on a large page's boundary.</param>
    /// <param name="bytes">Length of the range.</param>
    public static void PreferLarge(byte* start, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = AdviseMemory(start, (nuint)bytes, HugePage);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int AdviseMemory(void* address, nuint length, int advice);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualUnlock(void* address, nuint size);
}
