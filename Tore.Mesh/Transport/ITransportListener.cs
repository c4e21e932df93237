using System.Net;

namespace Tore.Mesh.Transport;

/// <summary>Takes connections. Disposing frees the address; connections already taken live on.</summary>
internal interface ITransportListener : IAsyncDisposable
{
    /// <summary>Where it listens, with the port that the system chose.</summary>
    EndPoint EndPoint { get; }

    /// <summary>The next connection, not yet opened: this never waits for what a peer sends. Null once disposed.</summary>
    ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken);
}
