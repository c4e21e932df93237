using System.Collections.Immutable;
using System.Reflection;
using Tore.Mesh.Membership;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <content>What a node shows of itself.</content>
public sealed partial class MeshNode
{
    private long _routesOpened;
    private long _routesRefused;

    /// <summary>The program's version, without the commit.</summary>
    private static string ProgramVersion { get; } =
        typeof(MeshNode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>A snapshot of the node; once started.</summary>
    public NodeStatus Status
    {
        get
        {
            MeshView view = Started(_view);
            NodeInfo own = view.Own;
            return new NodeStatus
            {
                NodeId = own.Node,
                State = _state,
                Mesh = Mesh.Name,
                IsPrivate = Mesh.IsPrivate,
                MeshFingerprint = Mesh.Id.ToString(),
                Listen = own.Addresses,
                Http = own.HttpAddress,
                Version = own.Version,
                Isa = own.Isa,
                EngineFingerprint = own.EngineFingerprint,
                Slots = own.Slots,
                SlotsInUse = Started(_shards).SlotsInUse,
                Running = Started(_provider).Running,
                Waiting = Started(_provider).Waiting,
                Warnings = _warnings,
                Models = [.. Started(_provider).Models.Select(m => StatusOf(view.Current, m))],
                Peers = [.. Started(_network).Members.Members.Values.Select(StatusOf)],
            };
        }
    }

    /// <summary>What the node counted since its start.</summary>
    public NodeCounters Counters => new()
    {
        RoutesOpened = Interlocked.Read(ref _routesOpened),
        RoutesRefused = Interlocked.Read(ref _routesRefused),
        StageRoutes = Started(_stages).Routes,
        Frames = _router.Frames,
        Tokens = _router.Tokens,
        KeyValueBytes = Started(_shards).KeyValueBytes,
        Flops = Started(_shards).Flops,
        RefusedLinks = Started(_network).RefusedLinks,
        DroppedMessages = Started(_network).DroppedMessages,
        BadMessages = _router.BadMessages,
        DroppedDiscovery = _mdns?.Dropped ?? 0,
    };

    private IReadOnlyList<PipelineStage> RouteOf(ModelListing model) =>
        [.. MeshModels.Plan(Started(_view).Current, model.Digest, model.LayerCount, ImmutableHashSet<NodeId>.Empty).Stages
            .Select(s => new PipelineStage(s.Node, s.Layers))];

    private ModelStatus StatusOf(MeshState mesh, ModelListing model) => new()
    {
        Listing = model,
        Route = RouteOf(model),
        Holders = [.. mesh.Nodes.SelectMany(n => n.Models.Where(m => m.Model == model.Digest)
            .Select(m => new ModelHolder(n.Node, m.Limit, m.Open)))],
    };

    private PeerStatus StatusOf(PeerMember member)
    {
        Link? link = _network!.LinkTo(member.Node);
        return new PeerStatus
        {
            NodeId = member.Node,
            Address = member.Remote.ToString(),
            Listen = member.Info.Addresses,
            Http = member.Info.HttpAddress,
            Tls = TlsOf(link),
            Since = _time.GetUtcNow() - (_time.GetElapsedTime(0) - member.Since),
            RoundTripMs = member.RoundTrip?.TotalMilliseconds,
            Version = member.Info.Version,
            Isa = member.Info.Isa,
            EngineFingerprint = member.Info.EngineFingerprint,
            Slots = member.Info.Slots,
            SlotsInUse = member.Info.SlotsInUse,
            Models = [.. member.Info.Models.Select(m => new PeerModelStatus(m.Label, m.Model, m.Limit, m.Open))],
        };
    }

    /// <summary>The version out of <c>TLS 1.3 suite</c>.</summary>
    private static string TlsOf(Link? link) => link?.Security.Split(' ') is ["TLS", string version, ..] ? version : link?.Security ?? "";
}
