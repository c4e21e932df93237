using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tore.Mesh.Tests.Support;

/// <summary>Commands within the network, and cables between two.</summary>
internal sealed partial class PrivateNetwork
{
    /// <summary>The network as a file that tools can name.</summary>
    private string Descriptor => Run(() => $"/proc/{Environment.ProcessId}/task/{ThreadId()}/ns/net");

    /// <summary>Connects two networks by a cable; its ends bear the given name, and have IPv6 link-local addresses only.</summary>
    public async Task ConnectAsync(PrivateNetwork other, string name = "lan0")
    {
        await MustAsync("ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", other.Descriptor);
        await MustAsync("ip", "link", "set", name, "up");
        await other.MustAsync("ip", "link", "set", name, "up");
    }

    /// <summary>Starts a process within the network; its standard streams are the caller's.</summary>
    public Process Start(IReadOnlyDictionary<string, string>? environment, params string[] command) => Run(() =>
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    });

    /// <summary>Runs a command within the network that has to succeed, and gives its output.</summary>
    public Task<string> MustAsync(params string[] command) => MustAsync(environment: null, command);

    /// <summary>Runs a command within the network that has to succeed, and gives its output.</summary>
    public async Task<string> MustAsync(IReadOnlyDictionary<string, string>? environment, params string[] command)
    {
        using Process process = Start(environment, command);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', command)}' still runs after 60 s: {await output} {await error}");
        }
        Assert.True(process.ExitCode == 0, $"'{string.Join(' ', command)}' ended with {process.ExitCode}: {await error}");
        return await output;
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();
}
