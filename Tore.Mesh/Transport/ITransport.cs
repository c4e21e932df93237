using System.Net;

namespace Tore.Mesh.Transport;

/// <summary>
/// A way to carry bytes between two nodes: memory, TCP, or TLS over TCP. One contract suite runs on all three, and the
/// in-memory one has no private door.
/// </summary>
internal interface ITransport
{
    /// <summary>
    /// Listens; port 0 lets the system choose (see <see cref="ITransportListener.EndPoint"/>). Throws <c>port_in_use</c> or
    /// <c>address_not_available</c>.
    /// </summary>
    ITransportListener Listen(EndPoint endpoint);

    /// <summary>
    /// Connects, within <see cref="TransportOptions.DialTimeout"/>; the connection is not yet opened. Throws
    /// <c>peer_unreachable</c> with the reason.
    /// </summary>
    ValueTask<ITransportConnection> DialAsync(EndPoint endpoint, CancellationToken cancellationToken);
}
