using System.Globalization;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Storage;

/// <summary>
/// The <c>format</c> number of a data folder: a newer one is refused, an older one is migrated step by step after a backup.
/// The number is written last, so that an interrupted migration is simply run again.
/// </summary>
internal static class DataFolderFormat
{
    /// <summary>The format that this program writes.</summary>
    public const int Current = 1;

    private const string FileName = "format";

    /// <summary>Steps between formats; there has been one format only.</summary>
    private static readonly DataFolderMigration[] Migrations = [];

    /// <summary>Brings the folder to <see cref="Current"/>. The caller holds the lock.</summary>
    public static void Ensure(string folder, IReadOnlyCollection<string> ownFiles) => Ensure(folder, ownFiles, Current, Migrations);

    /// <summary>Whether the folder has the present format, so that it can be used as it is.</summary>
    public static bool IsCurrent(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return File.Exists(path) && Read(path) == Current;
    }

    /// <summary>The same with given formats and steps.</summary>
    internal static void Ensure(
        string folder, IReadOnlyCollection<string> ownFiles, int current, IReadOnlyList<DataFolderMigration> migrations)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            RefuseForeign(folder, ownFiles);
            Write(path, current);
            return;
        }
        int found = Read(path);
        if (found > current)
        {
            throw new ToreException(ErrorCodes.DataFolderFormat,
                $"The data folder {folder} has format {found}; this program knows formats up to {current}. "
                + "Start the newer program that wrote it, or choose another folder with --data.");
        }
        if (found < current)
        {
            Backup(folder, found, ownFiles);
            for (int format = found; format < current; format++)
            {
                Step(folder, migrations, format).Apply(folder);
            }
            Write(path, current);
        }
    }

    private static DataFolderMigration Step(string folder, IReadOnlyList<DataFolderMigration> migrations, int from) =>
        migrations.FirstOrDefault(m => m.From == from) ?? throw new ToreException(ErrorCodes.DataFolderFormat,
            $"The data folder {folder} has format {from}, which this program cannot bring up to date. Choose another folder with --data.");

    private static void RefuseForeign(string folder, IReadOnlyCollection<string> ownFiles)
    {
        // A mistyped --data must not turn somebody's home into a data folder.
        string? foreign = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(n => !ownFiles.Contains(n!));
        if (foreign is not null)
        {
            throw new ToreException(ErrorCodes.DataFolderFormat,
                $"{folder} is not a data folder of tore: it holds '{foreign}' but no '{FileName}' file. "
                + "Choose an empty or new folder with --data.");
        }
    }

    private static int Read(string path)
    {
        string text = File.ReadAllText(path).Trim();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int format) && format > 0
            ? format
            : throw new ToreException(ErrorCodes.DataFolderFormat,
                $"{path} does not hold a format number. Restore the folder from a backup, or choose another with --data.");
    }

    private static void Write(string path, int format)
    {
        string next = path + ".next";
        File.WriteAllText(next, format.ToString(CultureInfo.InvariantCulture) + "\n");
        File.Move(next, path, overwrite: true);
    }

    private static void Backup(string folder, int format, IReadOnlyCollection<string> ownFiles)
    {
        string target = Path.Combine(folder, $"backup-format-{format.ToString(CultureInfo.InvariantCulture)}");
        if (Directory.Exists(target))
        {
            // Complete: it gets its name only then. An earlier migration was interrupted after it.
            return;
        }
        string unfinished = target + ".next";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }
        Copy(folder, unfinished, name => !ownFiles.Contains(name) && !name.StartsWith("backup-format-", StringComparison.Ordinal));
        Directory.Move(unfinished, target);
    }

    private static void Copy(string from, string to, Func<string, bool> wanted)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from).Where(f => wanted(Path.GetFileName(f))))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
        foreach (string folder in Directory.EnumerateDirectories(from).Where(f => wanted(Path.GetFileName(f))))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)), _ => true);
        }
    }
}
