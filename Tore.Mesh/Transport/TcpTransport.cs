using System.Net.Sockets;

namespace Tore.Mesh.Transport;

/// <summary>Plain TCP. It authenticates nobody: for tests, and beneath TLS.</summary>
internal sealed class TcpTransport(TransportOptions options) : SocketTransport(options)
{
    protected override IByteDuplex Open(Socket socket, LinkRole role) => new TcpDuplex(socket);
}
