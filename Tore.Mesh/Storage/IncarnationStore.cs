using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Storage;

/// <summary>
/// Keeps how high this node's incarnations may have gone. What is written is a number above all that were told: incarnations are
/// reserved <see cref="Ahead"/> at a time, so that the use of one does not wait for a disk, which may be busy with a model for seconds.
/// After a clean end the number is the last one used; after a crash at most <see cref="Ahead"/> are skipped.
/// <para>
/// A file that is torn, altered or gone counts as nothing known: peers then show the highest record of this node that they hold.
/// </para>
/// </summary>
internal sealed class IncarnationStore : IDisposable
{
    /// <summary>Incarnations that one write reserves.</summary>
    public const ulong Ahead = 64;

    /// <summary>A number of 20 digits, a space, 16 hex digits and a line's end have 38 bytes.</summary>
    private const int FileBytes = 64;

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Lock _writing = new();
    private ulong _reserved;
    private ulong _used;
    private bool _ended;

    private IncarnationStore(string path, ulong stored, ILogger logger)
    {
        _path = path;
        _logger = logger;
        Stored = _reserved = _used = stored;
    }

    /// <summary>The highest incarnation that an earlier start may have used; 0 when nothing is known of one.</summary>
    public ulong Stored { get; }

    /// <summary>Whether less than half of what was reserved is left: time to <see cref="Reserve"/>, where waiting is no harm.</summary>
    public bool RunsOut => Volatile.Read(ref _reserved) - Volatile.Read(ref _used) < Ahead / 2;

    /// <summary>Reads the file and reserves the first incarnations. Never fails: what cannot be done is logged.</summary>
    public static IncarnationStore Open(string path, ILogger logger)
    {
        var store = new IncarnationStore(path, Read(path, logger), logger);
        store.Reserve();
        return store;
    }

    /// <summary>
    /// Whether an incarnation may be told: it, or a higher one, is on the disk. Writes only where it is beyond what was reserved.
    /// </summary>
    public bool TryUse(ulong incarnation)
    {
        if (incarnation > Volatile.Read(ref _reserved) && !TryWrite(Above(incarnation), unlessReserved: incarnation))
        {
            return false;
        }
        Volatile.Write(ref _used, Math.Max(incarnation, Volatile.Read(ref _used)));
        return true;
    }

    /// <summary>Reserves further incarnations.</summary>
    public void Reserve()
    {
        ulong used = Volatile.Read(ref _used);
        TryWrite(Above(used), unlessReserved: Above(used));
    }

    /// <summary>A clean end: what was reserved and not used is given back.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            if (!_ended && _used < _reserved)
            {
                TryWriteNumber(_used);
                Volatile.Write(ref _reserved, _used);
            }
            _ended = true;
        }
    }

    /// <summary>The file's text: the number, and by what it is known to be whole.</summary>
    internal static string Format(ulong number)
    {
        string digits = number.ToString(CultureInfo.InvariantCulture);
        return $"{digits} {CheckOf(digits)}\n";
    }

    private static ulong Above(ulong incarnation) => incarnation > ulong.MaxValue - Ahead ? ulong.MaxValue : incarnation + Ahead;

    private static string CheckOf(string digits) => Digest.Of(Encoding.ASCII.GetBytes("incarnation " + digits)).ToHex()[..16];

    private static ulong Read(string path, ILogger logger)
    {
        try
        {
            if (!File.Exists(path))
            {
                return 0;
            }
            using FileStream file = File.OpenRead(path);
            Span<byte> bytes = stackalloc byte[FileBytes];
            string text = Encoding.ASCII.GetString(bytes[..file.ReadAtLeast(bytes, FileBytes, throwOnEndOfStream: false)]);
            if (ulong.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
                && text == Format(number))
            {
                return number;
            }
            logger.LogWarning("{Path} is damaged and passed over: this node takes its incarnation from what its peers remember.", path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(
                "{Path} cannot be read ({Reason}): this node takes its incarnation from what its peers remember.", path, e.Message);
        }
        return 0;
    }

    private bool TryWrite(ulong number, ulong unlessReserved)
    {
        lock (_writing)
        {
            if (_reserved >= unlessReserved)
            {
                return true;
            }
            if (_ended || !TryWriteNumber(number))
            {
                return false;
            }
            Volatile.Write(ref _reserved, number);
            return true;
        }
    }

    private bool TryWriteNumber(ulong number)
    {
        try
        {
            DurableFile.Write(_path, Encoding.ASCII.GetBytes(Format(number)));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogError("{Path} cannot be written: {Reason} Without it this node cannot take a new incarnation.", _path, e.Message);
            return false;
        }
    }
}
