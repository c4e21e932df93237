using System.Diagnostics;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Interop;

/// <summary>Avahi, with a message bus of its own, in a test's own network. Skips where it is not installed.</summary>
internal sealed class AvahiDaemon : IAsyncDisposable
{
    private const string Bus = """
        <busconfig>
          <type>system</type>
          <listen>unix:path={0}</listen>
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
    private readonly Dictionary<string, string> _environment;

    private AvahiDaemon(PrivateNetwork network, string bus)
    {
        Network = network;
        _environment = new() { ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=" + bus };
    }

    /// <summary>Where it lives.</summary>
    public PrivateNetwork Network { get; }

    /// <summary>Starts it and waits until it serves.</summary>
    public static async Task<AvahiDaemon> StartAsync(PrivateNetwork network, TemporaryFolder folder)
    {
        foreach (string tool in (string[])["/usr/sbin/avahi-daemon", "/usr/bin/avahi-browse", "/usr/bin/dbus-daemon"])
        {
            Assert.SkipUnless(File.Exists(tool), $"{tool} is not on this machine (Debian: apt-get install avahi-daemon avahi-utils dbus)");
        }
        string bus = folder.PathOf("bus.conf"), server = folder.PathOf("avahi.conf"), socket = folder.PathOf("bus.socket");
        var avahi = new AvahiDaemon(network, socket);
        await File.WriteAllTextAsync(bus, Bus.Replace("{0}", socket, StringComparison.Ordinal));
        await File.WriteAllTextAsync(server, Server);
        try
        {
            Process dbus = avahi.Start("dbus-daemon", $"--config-file={bus}", "--nofork", "--nopidfile", "--print-address");
            Assert.NotNull(await LineAsync(dbus.StandardOutput, _ => true, "dbus-daemon's address"));
            // It keeps its process id in a fixed place, of which there is one a test.
            Process daemon = avahi.Start("unshare", "--mount", "--propagation", "private", "sh", "-c",
                $"mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon && exec avahi-daemon --file={server} --no-drop-root --no-chroot "
                + "--no-rlimits");
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
        Process process = Network.Start(_environment, command);
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a tool beside it to its end.</summary>
    public Task<string> MustAsync(params string[] command) => Network.MustAsync(_environment, command);

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
        string output = await MustAsync("avahi-browse", "--resolve", "--parsable", "--terminate", type);
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
