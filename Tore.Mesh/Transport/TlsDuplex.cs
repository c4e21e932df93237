using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>The bytes of a TLS stream over a socket. Reads and writes may run side by side, one of each.</summary>
internal sealed class TlsDuplex : IByteDuplex
{
    private readonly Socket _socket;
    private readonly LinkRole _role;
    private readonly TlsPolicy _policy;
    private readonly SslStream _stream;
    private ToreException? _refusal;

    public TlsDuplex(Socket socket, LinkRole role, TlsPolicy policy)
    {
        _socket = socket;
        _role = role;
        _policy = policy;
        _stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
    }

    public LinkIdentity? RemoteIdentity { get; private set; }

    public string Security { get; private set; } = "TLS, not yet agreed";

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (_role == LinkRole.Dialler
                ? _stream.AuthenticateAsClientAsync(_policy.ForDialler(CheckPeer), cancellationToken)
                : _stream.AuthenticateAsServerAsync(_policy.ForAcceptor(CheckPeer), cancellationToken));
        }
        catch (AuthenticationException failure)
        {
            throw _refusal ?? new ToreException(ErrorCodes.HandshakeFailed,
                $"TLS with the peer failed: {(failure.InnerException ?? failure).Message} It may be no tore node, or refuse this one.",
                failure);
        }
        _policy.Check(_stream.SslProtocol, _stream.NegotiatedCipherSuite);
        if (RemoteIdentity is null)
        {
            throw new ToreException(ErrorCodes.PeerCertificate, "The peer showed no certificate.");
        }
        Security = $"TLS {(_stream.SslProtocol == SslProtocols.Tls13 ? "1.3" : "1.2")} {_stream.NegotiatedCipherSuite}";
    }

    public ValueTask<int> ReadAsync(Memory<byte> destination) => _stream.ReadAsync(destination);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> source) => _stream.WriteAsync(source);

    public async ValueTask ShutdownSendAsync()
    {
        await _stream.ShutdownAsync();
        _socket.Shutdown(SocketShutdown.Send);
    }

    public void Abort() => TcpDuplex.Reset(_socket);

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private bool CheckPeer(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        try
        {
            RemoteIdentity = PeerCertificate.Check(certificate as X509Certificate2, chain?.ChainPolicy.ExtraStore);
            return true;
        }
        catch (ToreException refusal)
        {
            _refusal = refusal;
            return false;
        }
    }
}
