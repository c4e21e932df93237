using System.Diagnostics;
using System.Text;

namespace Tore.Mesh.Tests.Support;

/// <summary>A real <c>tore</c> process; disposing ends it, by its id, with all its children.</summary>
internal sealed class ToreProcess : IAsyncDisposable
{
    private readonly StringBuilder _error = new();
    private readonly Task _errorReader;

    private ToreProcess(Process process)
    {
        Process = process;
        _errorReader = ReadErrorAsync();
    }

    public Process Process { get; }

    /// <summary>What it has written to standard error so far.</summary>
    public string Error
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    /// <summary>Starts it; standard input stays open until it is closed.</summary>
    public static ToreProcess Start(IEnumerable<string> args, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "tore.dll"));
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        return new ToreProcess(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<ToreCommandLine.Outcome> RunAsync(
        string[] args, IReadOnlyDictionary<string, string>? environment = null, string input = "", int limitSeconds = 60)
    {
        await using ToreProcess tore = Start(args, environment);
        Task<string> output = tore.Process.StandardOutput.ReadToEndAsync();
        await tore.Process.StandardInput.WriteAsync(input);
        tore.Process.StandardInput.Close();
        int code = await tore.WaitAsync(limitSeconds);
        return new ToreCommandLine.Outcome(code, await output, tore.Error);
    }

    /// <summary>Reads one line of standard output within a limit.</summary>
    public async Task<string> ReadLineAsync(int limitSeconds = 30)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(limitSeconds));
        try
        {
            return await Process.StandardOutput.ReadLineAsync(limit.Token)
                ?? throw new InvalidOperationException($"tore ended without a line: {Error}");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"tore wrote no line within {limitSeconds} s: {Error}");
        }
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> WaitAsync(int limitSeconds = 60)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(limitSeconds));
        try
        {
            await Process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"tore (process {Process.Id}) still runs after {limitSeconds} s: {Error}");
        }
        await _errorReader;
        return Process.ExitCode;
    }

    /// <summary>Sends a signal by its name, such as <c>TERM</c>.</summary>
    public async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync();
        }
        Process.Dispose();
    }

    private async Task ReadErrorAsync()
    {
        while (await Process.StandardError.ReadLineAsync() is string line)
        {
            lock (_error)
            {
                _error.AppendLine(line);
            }
        }
    }
}
