using System.Diagnostics;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Interop;

/// <summary>Avahi, with a message bus of its own, in a test's own network. Skips where it is not installed.</summary>
internal sealed class AvahiDaemon : IAsyncDisposable
{
    private const string Bus = """
        <busconfig>
          <type>system</type>
          <listen>unix:path=/run/dbus/system_bus_socket</listen>
          <auth>EXTERNAL</auth>
          <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy>
        </busconfig>
        """;

    private const string Server = """
        [server]
        host-name=avahihost
        use-ipv4=yes
        use-ipv6=yes
        allow-interfaces=lan0
        ratelimit-interval-usec=0
        ratelimit-burst=0
        [publish]
        publish-hinfo=no
        publish-workstation=no
        """;

    private readonly List<Process> _processes = [];

    private AvahiDaemon(TestNetwork network) => Network = network;

    /// <summary>Where it lives.</summary>
    public TestNetwork Network { get; }

    /// <summary>Starts it and waits until it serves.</summary>
    public static async Task<AvahiDaemon> StartAsync(TestNetwork network, TemporaryFolder folder)
    {
        foreach (string tool in (string[])["/usr/sbin/avahi-daemon", "/usr/bin/avahi-browse", "/usr/bin/dbus-daemon"])
        {
            Assert.SkipUnless(File.Exists(tool), $"{tool} is not on this machine (Debian: apt-get install avahi-daemon avahi-utils dbus)");
        }
        var avahi = new AvahiDaemon(network);
        string bus = folder.PathOf("bus.conf"), server = folder.PathOf("avahi.conf");
        await File.WriteAllTextAsync(bus, Bus);
        await File.WriteAllTextAsync(server, Server);
        try
        {
            await network.MustAsync("mkdir", "-p", "/run/dbus", "/run/avahi-daemon");
            Process dbus = avahi.Start("dbus-daemon", $"--config-file={bus}", "--nofork", "--nopidfile", "--print-address");
            Assert.NotNull(await LineAsync(dbus.StandardOutput, _ => true, "dbus-daemon's address"));
            Process daemon = avahi.Start("avahi-daemon", "--file=" + server, "--no-drop-root", "--no-chroot", "--no-rlimits");
            await LineAsync(daemon.StandardError, l => l.Contains("Server startup complete", StringComparison.Ordinal), "avahi's start");
            _ = daemon.StandardError.ReadToEndAsync();
            return avahi;
        }
        catch
        {
            await avahi.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a tool beside it, which ends with it.</summary>
    public Process Start(params string[] command)
    {
        Process process = Network.Start(command);
        _processes.Add(process);
        return process;
    }

    /// <summary>Publishes a service with any TXT strings; waits until it is established.</summary>
    public async Task<Process> PublishAsync(string name, int port, params string[] text)
    {
        string number = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Process publish = Start(["avahi-publish", "-s", name, "_tore._tcp", number, .. text]);
        await LineAsync(publish.StandardError, l => l.StartsWith("Established", StringComparison.Ordinal), $"avahi to publish '{name}'");
        return publish;
    }

    /// <summary>The services of ours that it resolves: lines of <c>avahi-browse -p</c>, split at their semicolons.</summary>
    public async Task<IReadOnlyList<string[]>> BrowseAsync(string type = "_tore._tcp")
    {
        string output = await Network.MustAsync("avahi-browse", "--resolve", "--parsable", "--terminate", type);
        return [.. output.Split('\n').Where(l => l.StartsWith("=;lan0;", StringComparison.Ordinal)).Select(l => l.Split(';'))];
    }

    /// <summary>Reads lines until one is as wanted; fails after 30 s.</summary>
    public static async Task<string> LineAsync(StreamReader reader, Predicate<string> wanted, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var seen = new List<string>();
        try
        {
            while (await reader.ReadLineAsync(limit.Token) is { } line)
            {
                seen.Add(line);
                if (wanted(line))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Said below.
        }
        throw new TimeoutException($"waited in vain for {what}; there was:\n{string.Join('\n', seen)}");
    }

    /// <summary>Ends it and the tools beside it, by their ids.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Process process in Enumerable.Reverse(_processes))
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
            process.Dispose();
        }
    }
}
