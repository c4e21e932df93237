using System.Globalization;

namespace Tore.Mesh.Host.Cli;

/// <summary>Numbers of bytes as people write and read them; K, M and G are powers of 1024.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, int Shift)[] Units =
    [
        ("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("K", 10), ("M", 20), ("G", 30), ("T", 40), ("B", 0),
    ];

    /// <summary>Reads a positive size.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        (string suffix, int shift) = Units.FirstOrDefault(
            u => text.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase), (Suffix: "", Shift: 0));
        ReadOnlySpan<char> number = text.AsSpan(0, text.Length - suffix.Length).Trim();
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || value > long.MaxValue >> shift)
        {
            return false;
        }
        bytes = (long)(value * (1L << shift));
        return bytes > 0;
    }

    /// <summary>Writes a size for people.</summary>
    public static string Show(long bytes) => bytes switch
    {
        < 1L << 10 => $"{bytes} B",
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.##} GiB"),
    };
}
