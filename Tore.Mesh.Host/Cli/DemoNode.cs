using System.Diagnostics;
using System.Text.Json.Nodes;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>
/// A node process of a demo. It holds the other end of our pipe: when this process ends, however, the child sees the pipe close,
/// leaves, and removes its data folder.
/// </summary>
internal sealed class DemoNode : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task<string> _errors;

    private DemoNode(Process process, string folder)
    {
        _process = process;
        _folder = folder;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where its peers dial.</summary>
    public string Listen { get; private set; } = "";

    /// <summary>Its HTTP interface.</summary>
    public string Http { get; private set; } = "";

    /// <summary>Starts a child and waits for its ready line.</summary>
    /// <param name="seed">The node to dial, if any.</param>
    /// <param name="cancellationToken">Gives up; the child goes.</param>
    public static async Task<DemoNode> StartAsync(string? seed, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(Path.GetTempPath(), "tore-demo-" + Path.GetRandomFileName());
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        AddProgram(start);
        foreach (string arg in new[]
        {
            "up", "--json", "--model", ModelFiles.Stories, "--data", folder, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
                "--no-mdns",
            "--threads", "1", "--log-level", "error", "--parent-pipe", "--throw-away",
        })
        {
            start.ArgumentList.Add(arg);
        }
        if (seed is not null)
        {
            start.ArgumentList.Add("--seed");
            start.ArgumentList.Add(seed);
        }
        var node = new DemoNode(Process.Start(start)!, folder);
        try
        {
            await node.ReadReadyLineAsync(cancellationToken);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>The program that runs now: the executable itself, or the runtime with our assembly.</summary>
    private static void AddProgram(ProcessStartInfo start)
    {
        start.FileName = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(start.FileName) != "tore")
        {
            string assembly = Path.Combine(AppContext.BaseDirectory, "tore.dll");
            start.FileName = Path.GetFileNameWithoutExtension(start.FileName) == "dotnet" ? start.FileName : "dotnet";
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(assembly);
        }
    }

    private async Task ReadReadyLineAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        string? line;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToreException(ErrorCodes.PeerUnreachable, $"A demo node was not ready within {StartLimit.TotalSeconds} s.");
        }
        if (line is null)
        {
            throw new ToreException(ErrorCodes.PeerUnreachable, $"A demo node ended at its start. {await _errors}".Trim());
        }
        JsonNode ready = JsonNode.Parse(line)!;
        if (ready["error"] is JsonNode error)
        {
            throw new ToreException((string)error["code"]!, $"A demo node could not start: {error["message"]}");
        }
        Listen = (string)ready["listen"]![0]!;
        Http = (string)ready["http"]!;
    }
}
