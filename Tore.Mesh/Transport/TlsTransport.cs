using System.Net.Sockets;
using System.Security.Authentication;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>
/// TLS over TCP with mutual self-signed certificates: TLS 1.3, or where one end's platform cannot, 1.2 with ECDHE-ECDSA and AES-GCM
/// (mesh.md, Identity and links).
/// </summary>
internal sealed class TlsTransport : SocketTransport
{
    private readonly TlsPolicy _policy;

    /// <summary>Uses <paramref name="certificate"/>, which the caller keeps alive.</summary>
    /// <param name="certificate">This node's.</param>
    /// <param name="oldest">The oldest TLS taken (<c>--tls-min</c>).</param>
    /// <param name="options">Bounds.</param>
    public TlsTransport(NodeCertificate certificate, SslProtocols oldest, TransportOptions options)
        : base(options) => _policy = new TlsPolicy(certificate, oldest);

    protected override IByteDuplex Open(Socket socket, LinkRole role) => new TlsDuplex(socket, role, _policy);
}
