using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api;

/// <summary>Errors on the wire: <c>{error, code, detail}</c> (tore-0001), or OpenAI's body under <c>/v1</c>.</summary>
internal static class ApiErrors
{
    /// <summary>Seconds that a refused client is asked to wait.</summary>
    private const string RetryAfterSeconds = "2";

    /// <summary>Status, code, message and parameter of an exception.</summary>
    public static ApiException Explain(Exception error) => error switch
    {
        ApiException known => known,
        ToreException tore => new ApiException(StatusOf(tore.Code), tore.Code, tore.Message, ParamOf(tore.Code)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new ApiException(StatusCodes.Status413PayloadTooLarge, ErrorCodes.PayloadTooLarge, "The body is larger than this route takes."),
        BadHttpRequestException bad => new ApiException(bad.StatusCode, ErrorCodes.InvalidRequest, bad.Message),
        _ => new ApiException(StatusCodes.Status500InternalServerError, ErrorCodes.Internal, "The node failed; its log says how."),
    };

    /// <summary>Writes an error as the whole answer.</summary>
    public static Task WriteAsync(HttpContext context, ApiException error)
    {
        context.Response.Clear();
        context.Response.StatusCode = error.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }
        byte[] body = IsOpenAi(context) ? OpenAiBody(error) : ToreBody(error);
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>OpenAI's error object, also sent as an event when a stream fails midway.</summary>
    public static byte[] OpenAiBody(ApiException error) => JsonSerializer.SerializeToUtf8Bytes(
        new OpenAiErrorBody(new OpenAiError(error.Message, TypeOf(error.Status), error.Param, error.Code)), ApiJson.Bodies.OpenAiErrorBody);

    private static byte[] ToreBody(ApiException error) =>
        JsonSerializer.SerializeToUtf8Bytes(new ToreErrorBody(error.Message, error.Code, error.Message), ApiJson.Bodies.ToreErrorBody);

    private static bool IsOpenAi(HttpContext context) => context.Request.Path.StartsWithSegments("/v1");

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status503ServiceUnavailable => "service_unavailable_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string? ParamOf(string code) => code switch
    {
        ErrorCodes.ModelNotFound or ErrorCodes.ModelAmbiguous or ErrorCodes.ModelNotReady => "model",
        _ => null,
    };

    private static int StatusOf(string code) => code switch
    {
        ErrorCodes.ModelNotFound or ErrorCodes.NotFound => StatusCodes.Status404NotFound,
        ErrorCodes.ModelAmbiguous => StatusCodes.Status409Conflict,
        ErrorCodes.Busy or ErrorCodes.Draining or ErrorCodes.ModelNotReady or ErrorCodes.StageLost or ErrorCodes.PeerUnreachable
            or ErrorCodes.LinkClosed or ErrorCodes.TooManyLinks or ErrorCodes.MemoryBudgetExceeded =>
                StatusCodes.Status503ServiceUnavailable,
        ErrorCodes.Unauthorized => StatusCodes.Status401Unauthorized,
        ErrorCodes.ForbiddenOrigin => StatusCodes.Status403Forbidden,
        ErrorCodes.PayloadTooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCodes.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        ErrorCodes.ContextLengthExceeded or ErrorCodes.EmptyPrompt or ErrorCodes.InvalidRequest or ErrorCodes.UnsupportedParameter
            or ErrorCodes.TemplateRefused or ErrorCodes.TemplateUnsupported or ErrorCodes.TemplateLimit => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status500InternalServerError,
    };
}
