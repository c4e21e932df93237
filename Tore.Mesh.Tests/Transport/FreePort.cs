using System.Net;
using System.Net.Sockets;

namespace Tore.Mesh.Tests.Transport;

/// <summary>A loopback address where nothing listens.</summary>
internal static class FreePort
{
    private static readonly List<Socket> Held = [];

    /// <summary>Binds a port and never listens on it: nobody else can get it, and dialling it is refused.</summary>
    public static IPEndPoint Take()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        lock (Held)
        {
            Held.Add(socket);
        }
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
