using System.Globalization;

namespace Tore.Mesh.Inference.Threads;

/// <summary>
/// Counts the engine threads of all nodes of this user on this machine, by one small file a pool in the user's runtime folder:
/// <c>PID-NUMBER-THREADS.lanes</c>, held open and locked while the pool lives. A file that nobody holds is left over from a process
/// that died, and is removed. When the threads outnumber the cores, spinning would steal time from whoever has work to do.
/// </summary>
internal sealed class EngineCensus : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly int _cores;
    private readonly ITimer _timer;
    private int _own;
    private int _number;
    private volatile bool _crowded;

    /// <summary>Counts in <paramref name="folder"/>.</summary>
    public EngineCensus(string folder, int cores, TimeProvider time)
    {
        _folder = folder;
        _cores = cores;
        _timer = time.CreateTimer(static census => ((EngineCensus)census!).Recount(), this, Period, Period);
    }

    /// <summary>The user's runtime folder: <c>$XDG_RUNTIME_DIR/tore</c>, or one of this user's under the temporary folder.</summary>
    public static string UserFolder()
    {
        string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return !string.IsNullOrEmpty(runtime) && Directory.Exists(runtime)
            ? Path.Combine(runtime, "tore")
            : Path.Combine(Path.GetTempPath(), "tore-" + Environment.UserName);
    }

    /// <summary>Whether engine threads outnumber cores.</summary>
    public bool Crowded => _crowded;

    /// <summary>Counts <paramref name="threads"/> in until the entry is disposed.</summary>
    public Entry Register(int threads)
    {
        FileStream? file = null;
        lock (_gate)
        {
            _own += threads;
            try
            {
                CreateFolder();
                string name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{_number++}-{threads}.lanes");
                file = new FileStream(
                    Path.Combine(_folder, name), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // No folder to count in: this process then only knows its own threads.
            }
        }
        Recount();
        return new Entry(this, threads, file);
    }

    /// <summary>Counts anew; the timer does so every two seconds.</summary>
    public void Recount()
    {
        int own = Volatile.Read(ref _own);
        _crowded = Math.Max(own, CountFiles()) > _cores;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private int CountFiles()
    {
        int threads = 0;
        try
        {
            foreach (string path in Directory.EnumerateFiles(_folder, "*.lanes"))
            {
                string number = Path.GetFileNameWithoutExtension(path).Split('-')[^1];
                if (IsHeld(path) && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= 4096)
                {
                    threads += count;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder went away or is not ours: what was counted so far stands.
        }
        return threads;
    }

    /// <summary>Whether a live process holds the file; one that nobody holds is deleted.</summary>
    private static bool IsHeld(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
        }
        else
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Leave(int threads, FileStream? file)
    {
        lock (_gate)
        {
            _own -= threads;
            file?.Dispose();
            try
            {
                // The last one out takes the folder along; it stays while another process counts in it.
                Directory.Delete(_folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Not empty.
            }
        }
        Recount();
    }

    /// <summary>One pool's threads in the count.</summary>
    public sealed class Entry : IDisposable
    {
        private readonly EngineCensus _census;
        private readonly int _threads;
        private FileStream? _file;
        private bool _left;

        internal Entry(EngineCensus census, int threads, FileStream? file)
        {
            _census = census;
            _threads = threads;
            _file = file;
        }

        /// <summary>Whether engine threads outnumber cores on this machine.</summary>
        public bool Crowded => _census.Crowded;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (!_left)
            {
                _left = true;
                _census.Leave(_threads, _file);
                _file = null;
            }
        }
    }
}
