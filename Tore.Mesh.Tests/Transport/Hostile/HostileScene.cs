using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>
/// Our side, real: Bob's listener over TLS on loopback, and Ann, who dials. Mallory has a key of her own and whatever a case gives her.
/// Our side's handshakes run on a clock that only the attack moves.
/// </summary>
internal sealed class HostileScene : IAsyncDisposable
{
    private readonly HostileCase _case;
    private readonly LinkOptions _annOptions;
    private readonly LinkOptions _bobOptions;
    private readonly List<HostileEnd> _dialled = [];
    private readonly List<HostileEnd> _accepted = [];
    private readonly List<byte[]> _heardByPrograms = [];

    public HostileScene(HostileCase hostile)
    {
        _case = hostile;
        _annOptions = new LinkOptions
        {
            Identity = TestNodes.Ann.Identity,
            Mesh = hostile.Mesh,
            TimeProvider = Time,
            Refusal = node => node == Mallory.Id ? hostile.Refusal : null,
        };
        _bobOptions = _annOptions with { Identity = TestNodes.Bob.Identity };
        Listener = LinkListener.Start(
            LinkPair.TlsOf(TestNodes.BobCertificate, hostile.Oldest), new IPEndPoint(IPAddress.Loopback, 0), _bobOptions);
    }

    /// <summary>The mesh that Mallory wants to get into.</summary>
    public static MeshSecret Lab { get; } = MeshSecret.FromBytes("lab", [.. Enumerable.Repeat((byte)7, MeshSecret.Size)]);

    /// <summary>Mallory's key, as good as any.</summary>
    public static NodeKey Mallory { get; } = NodeKey.Create();

    /// <summary>What she shows when her certificate is not the point.</summary>
    public static HostileTls MalloryTls { get; } = new(NodeCertificate.Create(Mallory).Certificate);

    /// <summary>Bob's.</summary>
    public LinkListener Listener { get; }

    /// <summary>The clock of our side's handshakes.</summary>
    public FakeTimeProvider Time { get; } = new();

    /// <summary>Ann's dial to Mallory, once she made it.</summary>
    public Task<Link>? AnnDials { get; private set; }

    /// <summary>What Bob said to each end that dialled him, within TLS; and what Ann said to each that she dialled.</summary>
    public IEnumerable<byte[]> HeardFromBob => [.. _dialled.Select(end => end.Heard), .. _heardByPrograms];

    /// <inheritdoc cref="HeardFromBob"/>
    public IEnumerable<byte[]> HeardFromAnn => _accepted.Select(end => end.Heard);

    /// <summary>What our side said to ends that never began TLS.</summary>
    public IEnumerable<byte[]> HeardInTheClear => _dialled.Concat(_accepted).Select(end => end.HeardInTheClear);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Mallory connects to Bob and says nothing yet.</summary>
    public async Task<HostileEnd> DialPlainAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var end = new HostileEnd(await ConnectedAsync(socket));
        _dialled.Add(end);
        return end;
    }

    /// <summary>Mallory dials Bob with a TLS of her choice.</summary>
    public async Task<HostileEnd> DialAsync(HostileTls how)
    {
        HostileEnd end = await DialPlainAsync();
        await end.DialTlsAsync(how);
        return end;
    }

    /// <summary>Ann dials Mallory, who accepts the connection and says nothing yet.</summary>
    public async Task<HostileEnd> AcceptPlainAsync(NodeId? expected = null)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        NodeCertificate certificate = _case.IsOneNode ? TestNodes.BobCertificate : TestNodes.AnnCertificate;
        AnnDials = Link.DialAsync(LinkPair.TlsOf(certificate, _case.Oldest), server.LocalEndPoint!, LinkKind.Control,
            _case.IsOneNode ? _bobOptions : _annOptions, expected, Token).AsTask();
        var end = new HostileEnd(await server.AcceptAsync(Token));
        _accepted.Add(end);
        return end;
    }

    /// <summary>Ann dials Mallory, who answers with a TLS of her choice.</summary>
    public async Task<HostileEnd> AcceptAsync(HostileTls how, NodeId? expected = null)
    {
        HostileEnd end = await AcceptPlainAsync(expected);
        await end.AcceptTlsAsync(how);
        return end;
    }

    /// <summary>
    /// OpenSSL's own client dials Bob, and speaks once it has heard so many bytes; skips where it is not installed.
    /// </summary>
    public async Task DialWithOpenSslAsync(string arguments, int first, params byte[][] input) => _heardByPrograms.Add(
        await OpenSslClient.TalkAsync((IPEndPoint)Listener.EndPoint, arguments, first, [.. input.SelectMany(part => part)]));

    /// <summary>An honest link to Bob: Ann dials him in good order, and he gives the link out.</summary>
    public async Task<(Link Ann, Link Bob)> LinkHonestlyAsync()
    {
        Link ann = await Link.DialAsync(LinkPair.TlsOf(TestNodes.AnnCertificate, _case.Oldest), Listener.EndPoint, LinkKind.Control,
            _annOptions, TestNodes.Bob.Id, Token);
        return (ann, (await Listener.AcceptAsync(Token))!);
    }

    /// <summary>Lets the handshakes' time run until Bob has given up.</summary>
    public async Task PassTimeUntilRefusedAsync()
    {
        while (Listener.RefusedLinks == 0)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(2), Token);
        }
    }

    /// <summary>Leaves an end out of the judgement: it was a link that may stand.</summary>
    public void Forget(HostileEnd end)
    {
        _dialled.Remove(end);
        _accepted.Remove(end);
    }

    /// <summary>Mallory does what the case says, until she is refused, and reads all that is said to her, to the end.</summary>
    public async Task AttackAsync()
    {
        await UnlessRefused(() => _case.Attack(this));
        foreach (HostileEnd end in _dialled)
        {
            await end.DrainAsync();
        }
        foreach (HostileEnd end in _accepted)
        {
            if (_dialled.Count > 0)
            {
                // Bob was the one to get past; Ann need not wait any longer.
                await UnlessRefused(end.CloseAsync);
            }
            await end.DrainAsync();
        }
    }

    /// <summary>Waits until Bob has refused one.</summary>
    public async Task RefusedAsync()
    {
        while (Listener.RefusedLinks == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HostileEnd end in _dialled.Concat(_accepted))
        {
            await end.DisposeAsync();
        }
        await Listener.DisposeAsync();
    }

    /// <summary>An attack ends where its connection does.</summary>
    private static async Task UnlessRefused(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception refused) when (refused is IOException or SocketException or AuthenticationException)
        {
            // The judgement is by what our side says of it.
        }
    }

    private async Task<Socket> ConnectedAsync(Socket socket)
    {
        await socket.ConnectAsync(Listener.EndPoint, Token);
        return socket;
    }
}
