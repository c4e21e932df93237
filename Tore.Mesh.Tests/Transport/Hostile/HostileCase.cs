using System.Security.Authentication;
using Tore.Mesh.Identity;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>One way to get a link that must not be given.</summary>
/// <param name="Name">What the hostile side does.</param>
/// <param name="Code">The stable code on our side; two joined by <c>|</c> where the platform's TLS may refuse before we do.</param>
/// <param name="Heard">Bytes that our side says to it within TLS, exactly: 0, its hello (50), or its hello and proof (82).</param>
/// <param name="Attack">What it does; exceptions of its own connection end it.</param>
internal sealed record HostileCase(string Name, string Code, int Heard, Func<HostileScene, Task> Attack)
{
    /// <summary>The mesh that our side is in.</summary>
    public MeshSecret Mesh { get; init; } = HostileScene.Lab;

    /// <summary>Our side's <c>--tls-min</c>.</summary>
    public SslProtocols Oldest { get; init; } = SslProtocols.Tls12;

    /// <summary>The code under which our side does not take Mallory, a member then, and tells her so; null as a rule.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether it is one node that listens and dials, instead of Bob and Ann.</summary>
    public bool IsOneNode { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
