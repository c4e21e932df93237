using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>What TCP and TLS share: sockets that listen and dial, IPv4 and IPv6, <c>[::]</c> for both, link-local scopes kept.</summary>
internal abstract class SocketTransport(TransportOptions options) : ITransport
{
    /// <summary>Connections that the system holds until they are accepted.</summary>
    private const int Backlog = 128;

    /// <summary>The bounds.</summary>
    protected TransportOptions Options { get; } = options;

    public ITransportListener Listen(EndPoint endpoint)
    {
        var address = endpoint as IPEndPoint
            ?? throw new ArgumentException("A socket listens on an IP address and port.", nameof(endpoint));
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = address.Address.Equals(IPAddress.IPv6Any);
            }
            if (OperatingSystem.IsWindows())
            {
                // There, others may otherwise share the port and take part of its connections.
                socket.ExclusiveAddressUse = true;
            }
            socket.Bind(address);
            socket.Listen(Backlog);
            return new SocketListener(socket, accepted => Connect(accepted, LinkRole.Acceptor), Options.TimeProvider);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw failure.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new ToreException(ErrorCodes.PortInUse,
                    $"Another program already listens on {address}. Choose another port, or 0 to let the system choose.", failure)
                : new ToreException(ErrorCodes.AddressNotAvailable,
                    $"{address} cannot be listened on: {failure.Message}. It must be an address of this machine and a port you may use.",
                    failure);
        }
    }

    public async ValueTask<ITransportConnection> DialAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Options.DialTimeout, Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return Connect(await ConnectAnyAsync(endpoint, either.Token), LinkRole.Dialler);
        }
        catch (SocketException failure)
        {
            throw Unreachable(endpoint, failure.Message, failure);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(endpoint, $"no answer within {Options.DialTimeout.TotalSeconds:0.#} s", failure);
        }
    }

    /// <summary>Makes the byte stream of a connected socket, which it then owns.</summary>
    protected abstract IByteDuplex Open(Socket socket, LinkRole role);

    private static async ValueTask<Socket> ConnectAnyAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        IPEndPoint[] addresses = endpoint switch
        {
            IPEndPoint address => [address],
            DnsEndPoint name =>
                [.. (await Dns.GetHostAddressesAsync(name.Host, cancellationToken)).Select(a => new IPEndPoint(a, name.Port))],
            _ => throw new ArgumentException("A socket dials an IP address or a name, and a port.", nameof(endpoint)),
        };
        SocketException? last = null;
        foreach (IPEndPoint address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, cancellationToken);
                return socket;
            }
            catch (Exception failure)
            {
                socket.Dispose();
                if ((last = failure as SocketException) is null)
                {
                    throw;
                }
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private DuplexConnection Connect(Socket socket, LinkRole role)
    {
        try
        {
            socket.NoDelay = true;
            // Finds a dead host behind an idle link in the end; live detection is the control protocol's.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            return new DuplexConnection(Open(socket, role), Plain(socket.LocalEndPoint!), Plain(socket.RemoteEndPoint!), Options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>An IPv4 peer of a socket that listens on <c>[::]</c> is an IPv4 peer.</summary>
    private static EndPoint Plain(EndPoint endpoint) =>
        endpoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
            ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port)
            : endpoint;

    private static ToreException Unreachable(EndPoint endpoint, string reason, Exception failure) => new(ErrorCodes.PeerUnreachable,
        $"No connection to {endpoint}: {reason}. Is the node up there, and no firewall between?", failure);
}
