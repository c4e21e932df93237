using System.Runtime.InteropServices;

namespace Tore.Mesh.Primitives.Platform;

/// <summary>
/// Makes the names in a folder durable: on Unix a renamed file survives a power cut only once its folder is synced too, which .NET has
/// no call for. NTFS writes renames to its journal in order, so that nothing is to be done there.
/// </summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0; // O_RDONLY, everywhere

    /// <summary>Returns once the folder's entries are on the disk; throws <see cref="IOException"/> where that failed.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        int handle = Open(folder, ReadOnly);
        if (handle < 0)
        {
            throw Failure(folder);
        }
        try
        {
            // EINVAL: some file systems have nothing to sync for a folder, and say so.
            const int Invalid = 22;
            if (Sync(handle) != 0 && Marshal.GetLastPInvokeError() != Invalid)
            {
                throw Failure(folder);
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    private static IOException Failure(string folder) =>
        new($"The folder {folder} could not be synced: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Close(int handle);
}
