using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// Tries to link with an address as a member would, says how far it came, and hangs up: for <c>tore doctor</c>. It never introduces
/// itself, so that no member takes it for a node.
/// </summary>
public sealed class LinkProbe
{
    /// <summary>How long the peer may take to say goodbye behind the handshake, or to introduce itself.</summary>
    private static readonly TimeSpan FirstWord = TimeSpan.FromSeconds(2);

    private readonly NodeKey _key;
    private readonly bool _isOwnKey;
    private readonly MeshSecret _mesh;
    private readonly SslProtocols _oldest;
    private readonly TimeProvider _time;

    /// <summary>Makes a probe of one mesh.</summary>
    /// <param name="key">The key that peers are shown; the node whose it is may be running.</param>
    /// <param name="isOwnKey">Whether that is this machine's node key, and not one made for the purpose.</param>
    /// <param name="mesh">The mesh that peers should be in.</param>
    /// <param name="oldest">The oldest TLS taken.</param>
    /// <param name="time">The clock.</param>
    public LinkProbe(NodeKey key, bool isOwnKey, MeshSecret mesh, SslProtocols oldest, TimeProvider time)
    {
        _key = key;
        _isOwnKey = isOwnKey;
        _mesh = mesh;
        _oldest = oldest;
        _time = time;
    }

    /// <summary>Tries one address; ends within some 15 s whatever is there.</summary>
    public async Task<LinkProbeResult> RunAsync(PeerAddress address, CancellationToken cancellationToken)
    {
        IPAddress[] resolved = await ResolveAsync(address.Host, cancellationToken);
        var result = new LinkProbeResult
        {
            Address = address,
            Outcome = LinkProbeOutcome.NameNotFound,
            Resolved = [.. resolved.Select(a => a.ToString())],
            WithOwnKey = _isOwnKey,
            Code = ErrorCodes.PeerUnreachable,
            Text = $"The name {address.Host} has no address.",
        };
        foreach (IPAddress ip in resolved)
        {
            LinkProbeResult tried = await TryAsync(result, new IPEndPoint(ip, address.Port), cancellationToken);
            // What came furthest says most.
            result = tried.Outcome >= result.Outcome ? tried : result;
            if (result.Outcome >= LinkProbeOutcome.Refused)
            {
                break;
            }
        }
        return result;
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out IPAddress? ip))
        {
            return [ip];
        }
        try
        {
            return [.. (await Dns.GetHostAddressesAsync(host, cancellationToken)).Take(Limits.NodeAddresses)];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private async Task<LinkProbeResult> TryAsync(LinkProbeResult result, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Limits.Dial, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using (var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                await socket.ConnectAsync(endPoint, either.Token);
            }
            catch (Exception failure) when (failure is SocketException
                || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return result with
                {
                    Outcome = OutcomeOf((failure as SocketException)?.SocketErrorCode),
                    Text = failure is SocketException ? failure.Message : $"Nothing came within {Limits.Dial.TotalSeconds:0} s",
                };
            }
        }
        return await LinkAsync(result, endPoint, cancellationToken);
    }

    private static LinkProbeOutcome OutcomeOf(SocketError? error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset => LinkProbeOutcome.NothingListens,
        // Nobody on the subnet has that address, or a firewall says so: to the user the same as silence.
        null or SocketError.TimedOut or SocketError.HostUnreachable or SocketError.HostDown => LinkProbeOutcome.NoAnswer,
        _ => LinkProbeOutcome.NoRoute,
    };

    private async Task<LinkProbeResult> LinkAsync(LinkProbeResult result, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using NodeCertificate certificate = NodeCertificate.Create(_key);
        var transport = new WatchedTransport(new TlsTransport(certificate, _oldest, new TransportOptions { TimeProvider = _time }));
        var options = new LinkOptions { Identity = _key.Identity, Mesh = _mesh, TimeProvider = _time };
        ToreException? refusal;
        try
        {
            await using Link link = await Link.DialAsync(
                transport, endPoint, LinkKind.Control, options, expected: null, cancellationToken);
            refusal = await FirstWordAsync(link, cancellationToken);
        }
        catch (ToreException failure)
        {
            refusal = failure;
        }
        string? security = transport.Last?.Security;
        return result with
        {
            Outcome = refusal is null ? LinkProbeOutcome.Linked : LinkProbeOutcome.Refused,
            Code = refusal?.Code,
            Text = refusal?.Message,
            Peer = transport.Last?.RemoteIdentity?.Id,
            PeerMesh = MeshMismatch.PeerMeshIn(refusal?.Message),
            Security = security?.StartsWith("TLS 1", StringComparison.Ordinal) == true ? security : null,
        };
    }

    /// <summary>The peer's goodbye, where it says one instead of introducing itself; null when it takes the link.</summary>
    private async Task<ToreException?> FirstWordAsync(Link link, CancellationToken cancellationToken)
    {
        var spoken = new FirstFrame();
        Task<ToreException?> receiving = link.RunAsync(spoken, cancellationToken);
        Task patience = Task.Delay(FirstWord, _time, cancellationToken);
        if (await Task.WhenAny(receiving, spoken.Came, patience) == receiving)
        {
            return await receiving ?? new ToreException(ErrorCodes.LinkClosed, "The peer closed the link without a word.");
        }
        await link.CloseAsync(ErrorCodes.LinkClosed, "Only a try, by 'tore doctor'.");
        await receiving;
        return null;
    }

    private sealed class FirstFrame : IFrameHandler
    {
        private readonly TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Came => _came.Task;

        public ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
        {
            _came.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Remembers the connection, so that what a failed handshake found out of the peer can be told.</summary>
    private sealed class WatchedTransport(ITransport transport) : ITransport
    {
        public ITransportConnection? Last { get; private set; }

        public ITransportListener Listen(EndPoint endpoint) => transport.Listen(endpoint);

        public async ValueTask<ITransportConnection> DialAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
            Last = await transport.DialAsync(endpoint, cancellationToken);
    }
}
