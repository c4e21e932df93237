using Microsoft.AspNetCore.Http;

namespace Tore.Mesh.Host.Api;

/// <summary>Ids in paths: model ids hold slashes, plain or escaped.</summary>
internal static class RouteIds
{
    /// <summary>The rest of the path as an id. Routing leaves only the escaped slash for us to read.</summary>
    public static string Read(HttpContext http, string name) =>
        ((string?)http.Request.RouteValues[name] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
