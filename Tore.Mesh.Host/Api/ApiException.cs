namespace Tore.Mesh.Host.Api;

/// <summary>A request that is refused with an HTTP status, a stable code and, where there is one, the parameter at fault.</summary>
internal sealed class ApiException(int status, string code, string message, string? param = null) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>One of <see cref="Primitives.ErrorCodes"/>.</summary>
    public string Code { get; } = code;

    /// <summary>The parameter at fault.</summary>
    public string? Param { get; } = param;
}
