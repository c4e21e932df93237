using System.Net.Security;
using System.Net.Sockets;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>
/// One end of a connection in hostile hands: a plain socket, and over it the platform's own TLS with whatever it is told to show. It
/// keeps every byte that our side says to it.
/// </summary>
internal sealed class HostileEnd(Socket socket) : IAsyncDisposable
{
    private readonly NetworkStream _plain = new(socket, ownsSocket: true);
    private readonly MemoryStream _heard = new();
    private readonly MemoryStream _heardInTheClear = new();
    private SslStream? _tls;
    private bool _isSecure;

    /// <summary>What our side said within TLS.</summary>
    public byte[] Heard => _heard.ToArray();

    /// <summary>What our side said to an end that never began TLS.</summary>
    public byte[] HeardInTheClear => _heardInTheClear.ToArray();

    /// <summary>The hello that this end sent, and the one that it received.</summary>
    public byte[] OwnHello { get; private set; } = [];

    /// <inheritdoc cref="OwnHello"/>
    public byte[] OtherHello { get; private set; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>TLS as the end that dialled.</summary>
    public async Task DialTlsAsync(HostileTls how)
    {
        _tls = new SslStream(_plain);
        await _tls.AuthenticateAsClientAsync(how.AsClient(), Token);
        _isSecure = true;
    }

    /// <summary>TLS as the end that listened.</summary>
    public async Task AcceptTlsAsync(HostileTls how)
    {
        _tls = new SslStream(_plain);
        await _tls.AuthenticateAsServerAsync(how.AsServer(), Token);
        _isSecure = true;
    }

    /// <summary>Sends bytes, one after another in one write, so that all are there at once.</summary>
    public async Task SendAsync(params byte[][] parts)
    {
        byte[] bytes = [.. parts.SelectMany(part => part)];
        await Stream.WriteAsync(bytes, Token);
        await Stream.FlushAsync(Token);
    }

    /// <summary>Receives so many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int length)
    {
        byte[] bytes = new byte[length];
        await Stream.ReadExactlyAsync(bytes, Token);
        Keep(bytes);
        return bytes;
    }

    /// <summary>Says a well-formed hello of a mesh, and waits for the other.</summary>
    public Task GreetAsync(MeshId mesh) => GreetAsync(HostileBytes.Hello(mesh));

    /// <summary>Says a hello, and waits for the other.</summary>
    public async Task GreetAsync(byte[] hello)
    {
        OwnHello = hello;
        await SendAsync(hello);
        OtherHello = await ReceiveAsync(LinkHello.Size);
    }

    /// <summary>The proof that belongs to the hellos said and heard, this end having dialled or not.</summary>
    public byte[] Proof(MeshSecret secret, LinkRole of, bool dialled, Digest ownKey, Digest otherKey) => LinkProof.Create(
        secret, of, dialled ? OwnHello : OtherHello, dialled ? OtherHello : OwnHello,
        dialled ? ownKey : otherKey, dialled ? otherKey : ownKey);

    /// <summary>Says that nothing more comes.</summary>
    public async Task CloseAsync()
    {
        if (_isSecure)
        {
            await _tls!.ShutdownAsync();
        }
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Reads to the end, whatever way our side ends it, and closes.</summary>
    public async Task DrainAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            if (_tls is not null && !_isSecure)
            {
                // Whose TLS failed has nothing more to say.
                socket.Shutdown(SocketShutdown.Send);
            }
            Stream stream = _isSecure ? Stream : _plain;
            while (await stream.ReadAsync(buffer, Token) is > 0 and var read)
            {
                Keep(buffer.AsSpan(0, read));
            }
        }
        catch (Exception end) when (end is IOException or SocketException)
        {
            // A reset, or an alert: it ends all the same.
        }
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }
        await _plain.DisposeAsync();
    }

    private Stream Stream => _tls ?? (Stream)_plain;

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_tls is null)
        {
            _heardInTheClear.Write(bytes);
        }
        else if (_isSecure)
        {
            _heard.Write(bytes);
        }
    }
}
