using System.Globalization;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>Reads until when an invite is good: a day, or a length of time.</summary>
internal static class InviteDate
{
    /// <summary>
    /// <c>2026-12-31</c> is that day's end in UTC; <c>90m</c>, <c>24h</c>, <c>7d</c> and <c>2w</c> count from now.
    /// <c>invalid_request</c> for anything else, and for what is over.
    /// </summary>
    public static DateTimeOffset Read(string option, string text, DateTimeOffset now)
    {
        DateTimeOffset? read = ReadDay(text) ?? ReadLength(text, now);
        return read > now ? read.Value : throw new ToreException(ErrorCodes.InvalidRequest, read is null
            ? $"{option} takes a day such as 2026-12-31 (its end, UTC), or a length of time such as 90m, 24h, 7d or 2w, not '{text}'."
            : $"{option} '{text}' is over already: nobody could take the invite.");
    }

    private static DateTimeOffset? ReadDay(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? new DateTimeOffset(day.ToDateTime(new TimeOnly(23, 59)), TimeSpan.Zero)
            : null;

    private static DateTimeOffset? ReadLength(string text, DateTimeOffset now)
    {
        if (text.Length < 2
            || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count > 100_000)
        {
            return null;
        }
        return text[^1] switch
        {
            'm' => now.AddMinutes(count),
            'h' => now.AddHours(count),
            'd' => now.AddDays(count),
            'w' => now.AddDays(7.0 * count),
            _ => null,
        };
    }
}
