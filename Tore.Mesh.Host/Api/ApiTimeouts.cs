using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api;

/// <summary>The times of the HTTP interface; tests shorten them.</summary>
internal sealed record ApiTimeouts
{
    /// <summary>How long a write may stay blocked before the client is cut off.</summary>
    public TimeSpan UnreadStream { get; init; } = Limits.UnreadStream;

    /// <summary>Silence after which a stream carries a comment.</summary>
    public TimeSpan StreamComment { get; init; } = Limits.StreamComment;
}
