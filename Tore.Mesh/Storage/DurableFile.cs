using Tore.Mesh.Primitives.Platform;

namespace Tore.Mesh.Storage;

/// <summary>Replaces a small file whole or not at all, and for good: after a power cut it is the old one or the new one.</summary>
internal static class DurableFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Returns once the bytes are on the disk under their name; mode 0600. Throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/>, and then leaves what was there. The caller alone writes this file.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string next = path + ".next";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        using (var file = new FileStream(next, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
