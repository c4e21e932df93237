using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Tore.Mesh.Host.Api;

/// <summary>Whole JSON answers.</summary>
internal static class Answers
{
    /// <summary>Writes a body with its length.</summary>
    public static Task WriteAsync<T>(HttpContext http, T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(body, type), status);

    /// <summary>Writes a body that is already JSON.</summary>
    public static Task WriteAsync(HttpContext http, byte[] json, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = json.Length;
        return http.Response.Body.WriteAsync(json, http.RequestAborted).AsTask();
    }
}
