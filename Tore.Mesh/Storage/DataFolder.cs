using System.Globalization;
using System.Text.Json;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Storage;

/// <summary>
/// A node's own folder: key, caches, and while the node runs its addresses. Mode 0700; one process at a time holds it.
/// Dispose gives it back.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private const string LockName = "lock";
    private const string ProcessName = "pid";
    private const string AddressesName = "addresses.json";

    /// <summary>What may lie in a folder before its format is known.</summary>
    private static readonly string[] OwnFiles = [LockName, ProcessName, AddressesName, "format.next"];

    private readonly FileStream _lock;
    private bool _disposed;

    private DataFolder(string path, FileStream held)
    {
        FullPath = path;
        _lock = held;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string FullPath { get; }

    /// <summary>The node key, PKCS#8 PEM, mode 0600.</summary>
    public string KeyPath => KeyPathIn(FullPath);

    /// <summary>Where a data folder has its node key.</summary>
    public static string KeyPathIn(string folder) => Path.Combine(folder, "node.key");

    /// <summary>Digests of model files already read through, by path, size and time.</summary>
    public string IdentityCachePath => Path.Combine(FullPath, "model-identities.json");

    /// <summary>How high this node's incarnations may have gone (<see cref="IncarnationStore"/>).</summary>
    public string IncarnationPath => Path.Combine(FullPath, "incarnation");

    /// <summary>
    /// Opens or makes the folder and takes its lock. Throws <c>data_folder_locked</c> naming the process that holds it,
    /// <c>data_folder_format</c>, or <c>file_not_readable</c>.
    /// </summary>
    /// <param name="path">The folder; null takes <see cref="DataFolderPaths.Default"/>.</param>
    public static DataFolder Open(string? path = null)
    {
        string folder = Path.GetFullPath(path ?? DataFolderPaths.Default);
        try
        {
            CreatePrivate(folder);
            FileStream held = TakeLock(folder);
            try
            {
                DataFolderFormat.Ensure(folder, OwnFiles);
                Tighten(folder);
                File.WriteAllText(Path.Combine(folder, ProcessName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
                return new DataFolder(folder, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToreException(ErrorCodes.FileNotReadable,
                $"The data folder {folder} cannot be used: {e.Message} Choose another with --data.", e);
        }
    }

    /// <summary>
    /// Makes the folder where it is not there yet, and returns its absolute path: for commands that also work while a node holds it.
    /// Errors as <see cref="Open"/>, except that a folder in use is fine.
    /// </summary>
    /// <param name="path">The folder; null takes <see cref="DataFolderPaths.Default"/>.</param>
    public static string Prepare(string? path = null)
    {
        string folder = Path.GetFullPath(path ?? DataFolderPaths.Default);
        if (!DataFolderFormat.IsCurrent(folder))
        {
            Open(folder).Dispose();
        }
        return folder;
    }

    /// <summary>Writes the addresses of the running node; they go when the folder is disposed.</summary>
    public void PublishAddresses(NodeAddresses addresses)
    {
        string path = Path.Combine(FullPath, AddressesName);
        File.WriteAllText(path + ".next", JsonSerializer.Serialize(addresses, StorageJson.Default.NodeAddresses));
        File.Move(path + ".next", path, overwrite: true);
    }

    /// <summary>The addresses of the node that runs on this folder; null when none does, or its file is not whole.</summary>
    /// <param name="path">The folder; null takes <see cref="DataFolderPaths.Default"/>.</param>
    public static NodeAddresses? ReadAddresses(string? path = null)
    {
        try
        {
            string text = File.ReadAllText(Path.Combine(path ?? DataFolderPaths.Default, AddressesName));
            return JsonSerializer.Deserialize(text, StorageJson.Default.NodeAddresses);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Removes the addresses and gives the lock back.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        TryDelete(AddressesName);
        TryDelete(ProcessName);
        // The lock file itself stays: removing it would let two processes lock two files of one name.
        _lock.Dispose();
    }

    internal static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            // The profile folder is the user's own by its inherited access list.
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void Tighten(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static FileStream TakeLock(string folder)
    {
        string path = Path.Combine(folder, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new ToreException(ErrorCodes.DataFolderLocked,
                $"The data folder {folder} is in use by {Holder(folder)}. "
                + "Stop that node first, or give this one its own folder with --data.", e);
        }
    }

    private static string Holder(string folder)
    {
        try
        {
            return $"process {File.ReadAllText(Path.Combine(folder, ProcessName)).Trim()}";
        }
        catch (IOException)
        {
            return "another process that is just starting or stopping";
        }
    }

    private void TryDelete(string name)
    {
        try
        {
            File.Delete(Path.Combine(FullPath, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A stale file is harmless: readers check that its process answers.
        }
    }
}
