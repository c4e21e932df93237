namespace Tore.Mesh.Primitives;

/// <summary>
/// A failure that a caller can act on. <see cref="Code"/> is stable (it goes over HTTP, the wire and <c>--json</c>);
/// the message says what happened, why, and what to do next.
/// </summary>
public sealed class ToreException : Exception
{
    /// <summary>Makes the error with its stable code and its message for people.</summary>
    public ToreException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public string Code { get; }
}
