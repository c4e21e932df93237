using System.Security.Authentication;
using Tore.Mesh.Membership;

namespace Tore.Mesh.Host.Doctor;

/// <summary>What <c>tore doctor</c> is asked to look at.</summary>
internal sealed record DoctorRequest
{
    /// <summary>URL of the node; null takes the one of the data folder.</summary>
    public string? Node { get; init; }

    /// <summary>The data folder; null takes the user's own.</summary>
    public string? DataFolder { get; init; }

    /// <summary>File with the node's key.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>The mesh to try addresses with, where no node runs.</summary>
    public string? Mesh { get; init; }

    /// <summary>Try them with the open mesh, where no node runs.</summary>
    public bool Open { get; init; }

    /// <summary>Addresses to try.</summary>
    public IReadOnlyList<PeerAddress> Addresses { get; init; } = [];

    /// <summary>The oldest TLS taken.</summary>
    public SslProtocols OldestTls { get; init; } = SslProtocols.Tls12;
}
