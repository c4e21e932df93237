using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Hosting;

/// <summary>Binds the HTTP port before the server starts, so that its address is known early and a taken port is a clear error.</summary>
internal static class HttpListenSocket
{
    /// <summary>
    /// Bytes that the system keeps of an answer which the client does not read: small, so that an unread stream is noticed.
    /// </summary>
    private const int SendBufferBytes = 16 * 1024;

    /// <summary>A bound socket, not yet listening. Throws <c>port_in_use</c>.</summary>
    public static Socket Bind(IPEndPoint? asked)
    {
        if (asked is not null)
        {
            return TryBind(asked) ?? throw new ToreException(
                ErrorCodes.PortInUse, $"--http {asked}: the port is in use. Choose another, or port 0 for any free one.");
        }
        for (int port = HttpOptions.DefaultPort; port < HttpOptions.DefaultPort + HttpOptions.PortsTried; port++)
        {
            // The default of peers stands beside it; another node may look for it.
            if (port != Node.MeshNodeOptions.DefaultPort && TryBind(new IPEndPoint(IPAddress.Loopback, port)) is Socket socket)
            {
                return socket;
            }
        }
        throw new ToreException(
            ErrorCodes.PortInUse, $"No port from {HttpOptions.DefaultPort} on is free on 127.0.0.1. Name one with --http 127.0.0.1:PORT.");
    }

    private static Socket? TryBind(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = SendBufferBytes };
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }
            socket.Bind(endpoint);
            // A bound port that nobody listens on could still be bound by others.
            socket.Listen();
            return socket;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            socket.Dispose();
            return null;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new ToreException(ErrorCodes.InvalidRequest, $"Cannot listen on {endpoint}: {error.Message}. Name an address of this "
                + $"machine.", error);
        }
    }
}
