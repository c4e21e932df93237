using System.Net;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Hosting;

/// <summary>How the HTTP interface listens.</summary>
internal sealed record HttpOptions
{
    /// <summary>The port when none is asked for; the next free one when it is taken.</summary>
    public const int DefaultPort = 7600;

    /// <summary>How many ports after <see cref="DefaultPort"/> are tried.</summary>
    public const int PortsTried = 64;

    /// <summary>
    /// Where to listen; null takes 127.0.0.1 and <see cref="DefaultPort"/> or the next free one. Port 0 lets the system choose.
    /// </summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>The key that every request must bear; needed off loopback.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The certificate to speak HTTPS with; null takes the node's own off loopback, and clear text on it.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether clear text off loopback is meant.</summary>
    public bool Plain { get; init; }

    /// <summary>Open connections.</summary>
    public int MaxConnections { get; init; } = Limits.HttpConnections;

    /// <summary>Throws <c>not_loopback</c>, naming the choices, where the interface would be open to others without a key.</summary>
    public void ThrowIfInvalid()
    {
        if (Endpoint is null || IPAddress.IsLoopback(Endpoint.Address))
        {
            return;
        }
        if (ApiKey is null)
        {
            throw new ToreException(ErrorCodes.NotLoopback,
                $"--http {Endpoint} can be reached from other machines. Give --api-key-file FILE (requests then need its key), or "
                    + $"listen on 127.0.0.1 or [::1].");
        }
    }
}
