using Tore.Mesh.Identity;

namespace Tore.Mesh.Transport;

/// <summary>
/// What differs between the transports: raw reads and writes, one of each at a time. <see cref="DuplexConnection"/> makes
/// a connection of it. Failures are the platform's exceptions.
/// </summary>
internal interface IByteDuplex : IDisposable
{
    /// <summary>See <see cref="ITransportConnection.RemoteIdentity"/>.</summary>
    LinkIdentity? RemoteIdentity { get; }

    /// <summary>See <see cref="ITransportConnection.Security"/>.</summary>
    string Security { get; }

    /// <summary>The transport's own handshake.</summary>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Reads at least one byte; 0 when the peer half-closed.</summary>
    ValueTask<int> ReadAsync(Memory<byte> destination);

    /// <summary>Writes all of it.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> source);

    /// <summary>Half-closes after the last write.</summary>
    ValueTask ShutdownSendAsync();

    /// <summary>Makes pending and later calls fail, and the peer's too. From any thread, more than once.</summary>
    void Abort();
}
