using System.Globalization;

namespace Tore.Mesh.Inference;

/// <summary>How much memory the machine, or the container this process runs in, grants.</summary>
public static class MemoryGrant
{
    /// <summary>
    /// Share of the grant that one node takes by default; the rest is the system's, the file cache's and other programs'.
    /// </summary>
    private const int DefaultPercent = 75;

    /// <summary>The default of <c>--memory</c>, in bytes.</summary>
    public static long DefaultBudgetBytes() => TotalBytes() / 100 * DefaultPercent;

    /// <summary>Bytes granted: the machine's memory or the tightest limit of the control groups this process is in.</summary>
    public static long TotalBytes()
    {
        // The runtime's own figure is three quarters of a container's limit already, so the limit itself is read where there is one.
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!OperatingSystem.IsLinux())
        {
            return bytes;
        }
        long total = ReadMemTotal("/proc/meminfo") is { } machine ? machine : bytes;
        return ReadControlGroups("/proc/self/cgroup", "/sys/fs/cgroup") is { } limit ? Math.Min(limit, total) : total;
    }

    /// <summary>The tightest limit above this process: version 2's <c>memory.max</c> or version 1's <c>memory.limit_in_bytes</c>.</summary>
    internal static long? ReadControlGroups(string membership, string root)
    {
        long? tightest = null;
        foreach (string line in ReadLines(membership))
        {
            // hierarchy:controllers:path; version 2 has hierarchy 0 and no controllers.
            string[] fields = line.Split(':', 3);
            bool second = fields.Length == 3 && fields[1].Length == 0;
            if (!second && !(fields.Length == 3 && fields[1].Split(',').Contains("memory")))
            {
                continue;
            }
            string mount = second ? root : Path.Combine(root, "memory");
            string file = second ? "memory.max" : "memory.limit_in_bytes";
            for (string path = fields[2].Trim('/'); ; path = Path.GetDirectoryName(path) ?? "")
            {
                if (ReadNumber(Path.Combine(mount, path, file)) is { } limit && (tightest is null || limit < tightest))
                {
                    tightest = limit;
                }
                if (path.Length == 0)
                {
                    break;
                }
            }
        }
        return tightest;
    }

    /// <summary><c>MemTotal</c> in bytes.</summary>
    internal static long? ReadMemTotal(string path)
    {
        foreach (string line in ReadLines(path))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(9).Trim().TrimEnd(" kB"), NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes))
            {
                return kilobytes * 1024;
            }
        }
        return null;
    }

    private static long? ReadNumber(string path) =>
        ReadLines(path) is [string text, ..]
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
        && value > 0
            ? value
            : null;

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
