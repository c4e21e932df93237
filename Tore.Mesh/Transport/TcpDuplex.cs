using System.Net.Sockets;
using Tore.Mesh.Identity;

namespace Tore.Mesh.Transport;

/// <summary>The bytes of a TCP socket.</summary>
internal sealed class TcpDuplex(Socket socket) : IByteDuplex
{
    public LinkIdentity? RemoteIdentity => null;

    public string Security => "none";

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<int> ReadAsync(Memory<byte> destination) => socket.ReceiveAsync(destination);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> source)
    {
        while (!source.IsEmpty)
        {
            source = source[await socket.SendAsync(source)..];
        }
    }

    public ValueTask ShutdownSendAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    public void Abort() => Reset(socket);

    public void Dispose() => socket.Dispose();

    /// <summary>Closes with a reset instead of an orderly end, so that the peer sees a broken connection, not a finished one.</summary>
    internal static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
        socket.Dispose();
    }
}
