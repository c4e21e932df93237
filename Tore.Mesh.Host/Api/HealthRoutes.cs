using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api;

/// <summary><c>/health</c>: whether this node takes requests, what it holds, whom it knows; 503 while it drains.</summary>
internal static class HealthRoutes
{
    public const string Path = "/health";

    public static void Map(IEndpointRouteBuilder routes, ApiContext api) => routes.MapGet(Path, (HttpContext http) =>
    {
        HealthBody body = BodyOf(api.Status());
        int status = body.Status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Answers.WriteAsync(http, body, ApiJson.Bodies.HealthBody, status);
    });

    private static HealthBody BodyOf(NodeStatus status)
    {
        HealthModel[] models = [.. status.Models.Select(m => ModelOf(m, status.NodeId))];
        HealthModel? held = models.FirstOrDefault(m => m.LayerStart is not null);
        return new HealthBody
        {
            Status = status.State == NodeState.Serving ? "ok" : status.State.ToString().ToLowerInvariant(),
            ModelId = held?.ModelId,
            LayerStart = held?.LayerStart,
            LayerEnd = held?.LayerEnd,
            NodeId = status.NodeId.ToString(),
            Version = status.Version,
            Mesh = status.Mesh,
            Isa = status.Isa,
            EngineFingerprint = status.EngineFingerprint,
            Models = models,
            Peers = [.. status.Peers.Select(PeerOf)],
            Members = MeshRoutes.CountsOf(status),
            LocalHealth = status.LocalHealth,
            ClockOffsetMs = status.ClockOffsetMs,
            Warnings = MeshRoutes.WarningsOf(status),
        };
    }

    private static HealthModel ModelOf(ModelStatus model, NodeId self)
    {
        LayerRange? open = model.Holders.FirstOrDefault(h => h.Node == self).Open;
        return new HealthModel(
            model.Listing.Label, model.Listing.Digest.ToString(), model.Listing.IsReady,
            [.. model.Listing.MissingLayers.Select(r => r.ToString())], model.Listing.LayerCount, open?.Start, open?.End);
    }

    private static HealthPeer PeerOf(MemberStatus peer) => new(
        peer.NodeId.ToString(), peer.LinkAddress!, peer.Capabilities!.Http, peer.Tls, peer.RoundTripMs, peer.Capabilities.Isa,
        peer.Capabilities.Version, [.. peer.Capabilities.Models.Select(m => m.Open is LayerRange open ? $"{m.Label}:{open}" : m.Label)]);
}
