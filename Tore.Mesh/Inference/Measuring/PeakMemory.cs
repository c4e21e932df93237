using System.Globalization;

namespace Tore.Mesh.Inference.Measuring;

/// <summary>
/// The largest memory of this process that was seen, without pages of files (which the system takes back at will). The kernel keeps no
/// peak of that figure, so it is sampled: at each step of loading, and when asked.
/// </summary>
internal sealed class PeakMemory : IProgress<LoadProgress>
{
    private const string StatusPath = "/proc/self/status";

    private readonly Lock _gate = new();

    /// <summary>Bytes at the worst moment seen.</summary>
    public long Bytes { get; private set; }

    /// <summary>Looks once.</summary>
    public void Sample()
    {
        long now = Read();
        lock (_gate)
        {
            Bytes = Math.Max(Bytes, now);
        }
    }

    /// <inheritdoc/>
    public void Report(LoadProgress value) => Sample();

    private static long Read()
    {
        if (OperatingSystem.IsLinux() && File.Exists(StatusPath))
        {
            string[] lines = File.ReadAllLines(StatusPath);
            return Kilobytes(lines, "RssAnon:") + Kilobytes(lines, "RssShmem:");
        }
        // Elsewhere the whole working set is the nearest figure there is.
        return Environment.WorkingSet;
    }

    private static long Kilobytes(string[] lines, string name)
    {
        string? line = Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal));
        ReadOnlySpan<char> number = line.AsSpan(line is null ? 0 : name.Length).Trim().TrimEnd(" kB");
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes * 1024 : 0;
    }
}
