using System.Net;
using System.Net.Sockets;

namespace Tore.Mesh.Transport;

/// <summary>A listening socket.</summary>
internal sealed class SocketListener(Socket socket, Func<Socket, ITransportConnection> connect, TimeProvider timeProvider)
    : ITransportListener
{
    /// <summary>Pause when the system has no room for another socket; it may have some later.</summary>
    private static readonly TimeSpan Exhausted = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _disposed = new();

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        while (!_disposed.IsCancellationRequested)
        {
            try
            {
                return connect(await socket.AcceptAsync(either.Token));
            }
            catch (Exception failure) when (_disposed.IsCancellationRequested
                && failure is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return null;
            }
            catch (SocketException failure)
                when (failure.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                await Task.Delay(Exhausted, timeProvider, cancellationToken);
            }
            catch (SocketException)
            {
                // The peer gave up before it was accepted, or went between the two calls on its socket: take the next.
            }
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        socket.Dispose();
    }
}
