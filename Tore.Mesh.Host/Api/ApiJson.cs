using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tore.Mesh.Host.Api.OpenAi;
using Tore.Mesh.Pipelines.Forward;

namespace Tore.Mesh.Host.Api;

/// <summary>Every body that the HTTP interface writes, with generated writers.</summary>
[JsonSerializable(typeof(ToreErrorBody))]
[JsonSerializable(typeof(OpenAiErrorBody))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(TextCompletion))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelObject))]
[JsonSerializable(typeof(InferenceResponse))]
[JsonSerializable(typeof(InferenceModels))]
[JsonSerializable(typeof(PipelineBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(MembersBody))]
[JsonSerializable(typeof(ContactsBody))]
[JsonSerializable(typeof(ForwardResult))]
[JsonSerializable(typeof(ForwardFreed))]
[JsonSerializable(typeof(TokenizeResult))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Names in snake case; every letter of every script as itself.</summary>
    public static ApiJson Bodies { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
