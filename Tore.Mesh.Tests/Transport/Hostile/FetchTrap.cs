using System.Net;
using System.Net.Sockets;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>A web server that certificates name: whoever connects to it walked into it.</summary>
internal sealed class FetchTrap : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public FetchTrap() => _listener.Start();

    /// <summary>Its address, with a slash at the end.</summary>
    public string Url => $"http://{_listener.LocalEndpoint}/";

    /// <summary>Whether anybody came.</summary>
    public bool WasVisited => _listener.Pending();

    public void Dispose() => _listener.Dispose();
}
