using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tore.Mesh.Host.Api;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Hosting;

/// <summary>
/// The door of the HTTP interface. In this order: a Host header that names this machine (against DNS rebinding), an Origin that is
/// this listener's own, the key, whether the node still takes requests, a JSON body within its limit.
/// </summary>
internal sealed class RequestGate
{
    private readonly byte[]? _keyHash;
    private readonly Func<bool> _isDraining;
    private readonly HashSet<string> _names;

    /// <summary>Guards an interface.</summary>
    /// <param name="apiKey">The key that requests must bear, or null.</param>
    /// <param name="isDraining">Whether new work is refused.</param>
    /// <param name="hostNames">Names besides <c>localhost</c> and addresses under which this machine may be called.</param>
    public RequestGate(string? apiKey, Func<bool> isDraining, IEnumerable<string> hostNames)
    {
        _keyHash = apiKey is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(apiKey));
        _isDraining = isDraining;
        _names = new HashSet<string>(hostNames.Append("localhost"), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Throws what is wrong with a request; returns when it may pass.</summary>
    public void Check(HttpContext http)
    {
        HttpRequest request = http.Request;
        if (!IsOwnHost(request.Host, http.Connection.LocalIpAddress))
        {
            throw new ApiException(StatusCodes.Status403Forbidden, ErrorCodes.ForbiddenOrigin,
                "The Host header does not name this machine. Call it by its address or localhost.");
        }
        if (request.Headers.Origin is { Count: > 0 } origin && !IsOwnOrigin(origin.ToString(), request))
        {
            throw new ApiException(StatusCodes.Status403Forbidden, ErrorCodes.ForbiddenOrigin,
                "Pages of other origins may not call this node.");
        }
        if (_keyHash is not null && !HasKey(request))
        {
            throw new ApiException(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized,
                "This node wants its key: send 'Authorization: Bearer KEY'.");
        }
        if (_isDraining() && !IsAboutTheNode(request.Path))
        {
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Draining,
                "This node is shutting down. Ask another one.");
        }
        CheckBody(http);
    }

    /// <summary>What tells of the node rather than being work for it: answered while it drains too.</summary>
    private static bool IsAboutTheNode(PathString path) =>
        path == HealthRoutes.Path || path == MetricsRoutes.Path || path == MeshRoutes.MembersPath || path == MeshRoutes.ContactsPath;

    private static void CheckBody(HttpContext http)
    {
        HttpRequest request = http.Request;
        if (HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method) || HttpMethods.IsPatch(request.Method))
        {
            if (!request.HasJsonContentType() || !IsUtf8(request.ContentType!))
            {
                throw new ApiException(
                    StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType,
                        "Send JSON in UTF-8, with 'Content-Type: application/json'.");
            }
        }
        long limit = request.Path == ShardRoutes.ForwardPath ? Limits.HttpActivationBodyBytes : Limits.HttpBodyBytes;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }
        if (request.ContentLength > limit)
        {
            throw new ApiException(
                StatusCodes.Status413PayloadTooLarge, ErrorCodes.PayloadTooLarge,
                    $"The body has {request.ContentLength} bytes; this route takes at most {limit}.");
        }
    }

    private static bool IsUtf8(string contentType)
    {
        int at = contentType.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        return at < 0 || contentType.AsSpan(at + 8).Trim(" \"").StartsWith("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    private bool IsOwnHost(HostString host, IPAddress? local)
    {
        if (!host.HasValue)
        {
            return false;
        }
        string name = host.Host.Trim('[', ']').TrimEnd('.');
        if (IPAddress.TryParse(name, out IPAddress? address))
        {
            return IPAddress.IsLoopback(address) || Equals(Plain(address), Plain(local));
        }
        return _names.Contains(name);
    }

    private static bool IsOwnOrigin(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
        && uri.Scheme == request.Scheme
        && string.Equals(uri.Authority, AuthorityOf(request), StringComparison.OrdinalIgnoreCase);

    /// <summary>The Host header as a URI's authority has it: without the scheme's own port.</summary>
    private static string AuthorityOf(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out Uri? uri) ? uri.Authority : "";

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private bool HasKey(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        string header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        // Hashes have one length, so that the comparison takes one time.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()));
        return CryptographicOperations.FixedTimeEquals(hash, _keyHash);
    }
}
