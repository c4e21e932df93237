namespace Tore.Mesh.Host.Api;

/// <summary>tore-0001's error; <c>detail</c> is what imece's client reads.</summary>
internal sealed record ToreErrorBody(string Error, string Code, string Detail);

/// <summary>The envelope of OpenAI's error.</summary>
internal sealed record OpenAiErrorBody(OpenAiError Error);

/// <summary>OpenAI's error.</summary>
internal sealed record OpenAiError(string Message, string Type, string? Param, string Code);
