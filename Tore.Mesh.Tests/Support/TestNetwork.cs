using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tore.Mesh.Tests.Support;

/// <summary>
/// A machine's network of its own (a Linux network namespace, with a /run of its own so that a second avahi can live there): for tests
/// that run processes in it, and connect two of them by a cable. Nothing that is sent there gets out. Needs root; skips with the
/// reason elsewhere. Its processes end with it.
/// </summary>
internal sealed partial class TestNetwork : IAsyncDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    // Holds the network until its standard input closes, which it also does when the tests die.
    private readonly Process _holder;

    private TestNetwork(Process holder) => _holder = holder;

    /// <summary>What to put before a command so that it runs in here.</summary>
    public IReadOnlyList<string> Prefix =>
        ["nsenter", "--target", _holder.Id.ToString(CultureInfo.InvariantCulture), "--net", "--mount", "--"];

    /// <summary>Makes an empty network whose loopback interface is up.</summary>
    public static async Task<TestNetwork> CreateAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "network namespaces are Linux's");
        const string hold = "mount -t tmpfs tmpfs /run && ip link set lo up && echo ready && exec cat";
        Process holder;
        try
        {
            holder = Process.Start(new ProcessStartInfo("unshare", ["--net", "--mount", "--propagation", "private", "sh", "-c", hold])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("the tool 'unshare' is not on this machine (Debian: util-linux)");
            throw;
        }
        var network = new TestNetwork(holder);
        if (await holder.StandardOutput.ReadLineAsync() != "ready")
        {
            string reason = await holder.StandardError.ReadToEndAsync();
            await network.DisposeAsync();
            Assert.Skip($"no network namespace can be made here (it takes root and iproute2): {reason.Trim()}");
        }
        return network;
    }

    /// <summary>Connects two networks by a cable; its ends bear the given name, and have IPv6 link-local addresses only.</summary>
    public async Task ConnectAsync(TestNetwork other, string name = "lan0")
    {
        string peer = other._holder.Id.ToString(CultureInfo.InvariantCulture);
        await MustAsync("ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", peer);
        await MustAsync("ip", "link", "set", name, "up");
        await other.MustAsync("ip", "link", "set", name, "up");
    }

    /// <summary>Runs a command in here to its end.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] command)
    {
        using Process process = Start(command);
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
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs a command in here that has to succeed.</summary>
    public async Task<string> MustAsync(params string[] command)
    {
        (int code, string output, string error) = await RunAsync(command);
        Assert.True(code == 0, $"'{string.Join(' ', command)}' ended with {code}: {error}");
        return output;
    }

    /// <summary>Starts a process in here.</summary>
    public Process Start(params string[] command)
    {
        var start = new ProcessStartInfo(Prefix[0], [.. Prefix.Skip(1), .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Runs <paramref name="work"/> on a thread that lives in here: its sockets belong here, whoever uses them.</summary>
    public T Within<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle($"/proc/{_holder.Id}/ns/net");
                if (SetNamespace((int)handle.DangerousGetHandle(), NewNetwork) != 0)
                {
                    throw new InvalidOperationException($"setns failed (errno {Marshal.GetLastPInvokeError()})");
                }
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Ends the network.</summary>
    public async ValueTask DisposeAsync()
    {
        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int type);
}
