namespace Tore.Mesh.Harness.Machines;

/// <summary>
/// The files of one machine. A write replaces a whole file and is durable when it returns. What can go wrong: the disk is wiped, an old
/// backup is put back, or the machine loses power in the middle of a write, which then leaves the old file, the new one, or a part.
/// </summary>
internal sealed class MachineDisk
{
    private readonly SeededRandom _random;
    private SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private SortedDictionary<string, byte[]> _backup = new(StringComparer.Ordinal);
    private bool _tearsNext;
    private bool _lies;

    /// <summary>Makes an empty disk.</summary>
    public MachineDisk(SeededRandom random) => _random = random;

    /// <summary>The power goes during a write; the disk's machine hangs itself in here.</summary>
    public Action? PowerLost { get; set; }

    /// <summary>How often what was once durable was lost, so that a node here may repeat itself.</summary>
    public int Losses { get; private set; }

    /// <summary>How often a write was durable.</summary>
    public long Writes { get; private set; }

    /// <summary>The file's bytes; null where there is none.</summary>
    public byte[]? Read(string name) => _files.GetValueOrDefault(name);

    /// <summary>Replaces a file. False when it did not become durable: then the machine has lost its power.</summary>
    public bool TryWrite(string name, ReadOnlySpan<byte> bytes)
    {
        if (_tearsNext)
        {
            _tearsNext = false;
            Tear(name, bytes);
            PowerLost?.Invoke();
            return false;
        }
        if (!_lies)
        {
            _files[name] = bytes.ToArray();
        }
        Writes++;
        return true;
    }

    /// <summary>Everything is lost.</summary>
    public void Wipe()
    {
        Losses += _files.Count > 0 ? 1 : 0;
        _files = new(StringComparer.Ordinal);
    }

    /// <summary>Keeps the files as they are now, for <see cref="Restore"/>.</summary>
    public void BackUp() => _backup = new(_files, StringComparer.Ordinal);

    /// <summary>Puts the backup in place of the files; without one, an empty disk.</summary>
    public void Restore()
    {
        Losses++;
        _files = new(_backup, StringComparer.Ordinal);
    }

    /// <summary>The power goes during the next write.</summary>
    public void TearNextWrite() => _tearsNext = true;

    /// <summary>From now on it says that it keeps what it does not: a bug to be found, not a fault to be borne.</summary>
    public void Lie() => _lies = true;

    private void Tear(string name, ReadOnlySpan<byte> bytes)
    {
        switch (_random.Next(3))
        {
            case 0:
                break;
            case 1:
                _files[name] = bytes.ToArray();
                break;
            default:
                Losses++;
                _files[name] = bytes[.._random.Next(bytes.Length)].ToArray();
                break;
        }
    }
}
