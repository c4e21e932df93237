using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Forward;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api;

/// <summary>
/// tore-0001's activation server: <c>/shard/tokenize</c>, <c>/shard/forward</c>, <c>DELETE /shard/forward/{request_id}</c>.
/// </summary>
internal static class ShardRoutes
{
    public const string ForwardPath = "/shard/forward";

    public static void Map(IEndpointRouteBuilder routes, ApiContext api, ForwardService forward)
    {
        routes.MapPost("/shard/tokenize", (HttpContext http) => TokenizeAsync(http, api));
        routes.MapPost(ForwardPath, (HttpContext http) => ForwardAsync(http, api, forward));
        routes.MapDelete(ForwardPath + "/{**request_id}", (HttpContext http) => FreeAsync(http, api, forward));
    }

    private static async Task TokenizeAsync(HttpContext http, ApiContext api)
    {
        JsonFields body = await JsonFields.ReadAsync(http);
        string request = body.RequireRequestId(), prompt = body.RequireString("prompt");
        ModelListing model = await api.Inference.Provider.ResolveAsync(body.RequireString("model_id"), http.RequestAborted);
        int[] ids = [.. PromptEncoder.Encode(InferenceService.TextOf(model), new TextPrompt.Plain(prompt), api.ParseSpecial)];
        await Answers.WriteAsync(http, new TokenizeResult(request, ids, ids.Length), ApiJson.Bodies.TokenizeResult);
    }

    private static async Task ForwardAsync(HttpContext http, ApiContext api, ForwardService forward)
    {
        RequireMember(http, api);
        JsonFields body = await JsonFields.ReadAsync(http);
        ForwardShard shard = await forward.FindAsync(body.RequireString("model_id"), http.RequestAborted);
        ForwardCall call = ForwardBody.Read(body, shard.Worker.Shard);
        if (!shard.Worker.Shard.IsLast && (long)call.Count * shard.Worker.Shard.Width * sizeof(float) > Limits.ActivationBytes)
        {
            throw new ApiException(
                StatusCodes.Status413PayloadTooLarge, ErrorCodes.PayloadTooLarge,
                $"{call.Count} rows would give more than {Limits.ActivationBytes} bytes of activations. Send the prompt in chunks of "
                    + $"{Limits.PrefillChunkTokens(shard.Worker.Shard.Width)} tokens.",
                "input_ids");
        }
        ForwardResult result = await forward.RunAsync(shard, call, http.RequestAborted);
        await Answers.WriteAsync(http, result, ApiJson.Bodies.ForwardResult);
    }

    private static async Task FreeAsync(HttpContext http, ApiContext api, ForwardService forward)
    {
        RequireMember(http, api);
        string request = RouteIds.Read(http, "request_id");
        if (!await forward.FreeAsync(request))
        {
            throw new ApiException(StatusCodes.Status404NotFound, ErrorCodes.NotFound, $"No request '{request}' is held here.");
        }
        await Answers.WriteAsync(http, new ForwardFreed("freed", request), ApiJson.Bodies.ForwardFreed);
    }

    /// <summary>
    /// Activations are raw access to a model: off loopback only members of the mesh get it, told by their node certificate.
    /// </summary>
    internal static void RequireMember(HttpContext http, ApiContext api)
    {
        if (http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote))
        {
            return;
        }
        if (http.Connection.ClientCertificate is X509Certificate2 certificate
            && IsMember(NodeId.FromPublicKey(certificate.PublicKey.ExportSubjectPublicKeyInfo()), api.Status()))
        {
            return;
        }
        throw new ApiException(
            StatusCodes.Status403Forbidden, ErrorCodes.Unauthorized,
                "From other machines this route takes only members of the mesh, who show their node certificate.");
    }

    private static bool IsMember(NodeId id, NodeStatus status) =>
        id == status.NodeId || status.Members.Any(m => m.NodeId == id && m.State <= MemberState.Suspect);
}
