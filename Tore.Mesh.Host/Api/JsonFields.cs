using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api;

/// <summary>
/// The fields of a request body, read one by one so that each mistake names its parameter. A field that is null counts as absent;
/// unknown fields are left alone; duplicate ones are refused.
/// </summary>
internal sealed class JsonFields
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly JsonElement _root;

    private JsonFields(JsonElement root) => _root = root;

    /// <summary>Reads the body of a request; <c>invalid_request</c> when it is not one JSON object.</summary>
    public static async ValueTask<JsonFields> ReadAsync(HttpContext context)
    {
        try
        {
            JsonDocument document = await JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted);
            context.Response.RegisterForDispose(document);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonFields(document.RootElement)
                : throw Invalid("The body must be a JSON object.", null);
        }
        catch (JsonException error)
        {
            throw Invalid($"The body is not valid JSON: {error.Message}", null);
        }
    }

    /// <summary>The fields of an object inside the body.</summary>
    public static JsonFields Of(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object ? new JsonFields(element) : throw Invalid($"'{name}' must be an object.", name);

    /// <summary>Any value, or null when absent.</summary>
    public JsonElement? Element(string name) =>
        _root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A string, or null when absent.</summary>
    public string? String(string name) => Element(name) is JsonElement value ? StringOf(value, name) : null;

    /// <summary>A string that must be there.</summary>
    public string RequireString(string name) => String(name) ?? throw Invalid($"'{name}' is required.", name);

    /// <summary>A client's id of its request, or null when absent: 1 to <see cref="Limits.RequestIdCharacters"/> characters.</summary>
    public string? RequestId(string name = "request_id") => String(name) is not string id ? null
        : id.Length is > 0 and <= Limits.RequestIdCharacters ? id
        : throw Invalid($"'{name}' must have 1 to {Limits.RequestIdCharacters} characters.", name);

    /// <summary>A client's id of its request, which must be there.</summary>
    public string RequireRequestId() => RequestId() ?? throw Invalid("'request_id' is required.", "request_id");

    /// <summary>A whole number within bounds, or null when absent.</summary>
    public int? Int(string name, int min, int max)
    {
        if (Element(name) is not JsonElement value)
        {
            return null;
        }
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= min && number <= max
            ? number
            : throw Invalid($"'{name}' must be a whole number from {min} to {max}.", name);
    }

    /// <summary>A 64-bit whole number, or null when absent.</summary>
    public long? Long(string name)
    {
        if (Element(name) is not JsonElement value)
        {
            return null;
        }
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number
            : throw Invalid($"'{name}' must be a whole number of 64 bits.", name);
    }

    /// <summary>A number within bounds, or null when absent.</summary>
    public float? Number(string name, float min, float max)
    {
        if (Element(name) is not JsonElement value)
        {
            return null;
        }
        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && number >= min && number <= max
            ? number
            : throw Invalid(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"'{name}' must be a number from {min} to {max}."), name);
    }

    /// <summary>A truth value, or null when absent.</summary>
    public bool? Flag(string name) => Element(name) is not JsonElement value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Invalid($"'{name}' must be true or false.", name),
    };

    /// <summary>Refuses a parameter that this node does not serve, unless it is absent or says the same as its absence.</summary>
    public void Unsupported(string name, Func<JsonElement, bool> harmless, string? hint = null)
    {
        if (Element(name) is JsonElement value && !harmless(value))
        {
            throw UnsupportedParameter(name, hint);
        }
    }

    /// <summary>Whether a value is this string.</summary>
    public static bool Is(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    /// <summary>The error for a parameter that is not served.</summary>
    public static ApiException UnsupportedParameter(string name, string? hint = null) => new(
        StatusCodes.Status400BadRequest, ErrorCodes.UnsupportedParameter,
            $"'{name}' is not supported here.{(hint is null ? "" : " " + hint)}", name);

    /// <summary>The error for a malformed request.</summary>
    public static ApiException Invalid(string message, string? param) =>
        new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, message, param);

    /// <summary>A string value; lone surrogates are refused.</summary>
    public static string StringOf(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Invalid($"'{name}' must be a string.", name);
        }
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"'{name}' holds a lone surrogate, which is no text.", name);
        }
    }
}
