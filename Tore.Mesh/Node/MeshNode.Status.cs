using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Membership.Swim;
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
            MeshSnapshot mesh = Started(_network).Look();
            return new NodeStatus
            {
                NodeId = own.Node,
                State = _state,
                Mesh = Mesh.Name,
                IsPrivate = Mesh.IsPrivate,
                MeshFingerprint = Mesh.Id.ToString(),
                Listen = _addresses,
                Http = own.HttpAddress,
                Version = own.Version,
                Isa = own.Isa,
                EngineFingerprint = own.EngineFingerprint,
                Slots = own.Slots,
                SlotsInUse = Started(_shards).SlotsInUse,
                Running = Started(_provider).Running,
                Waiting = Started(_provider).Waiting,
                Warnings = WarningsOf(mesh),
                Models = [.. Started(_provider).Models.Select(m => StatusOf(view.Current, m))],
                Members = [SelfOf(mesh, own), .. mesh.Members.Values.Select(StatusOf)],
                ClockOffsetMs = MillisecondsOf(mesh.ClockOffsetMicroseconds),
                LocalHealth = mesh.LocalHealth,
                DuplicateKeySince = DuplicateKeySince(mesh),
            };
        }
    }

    /// <summary>Whom the node tried to reach or turned away, and why there is no link; once started.</summary>
    public ContactsStatus Contacts
    {
        get
        {
            MeshSnapshot mesh = Started(_network).Look();
            return new ContactsStatus(
                [.. mesh.Contacts.Select(StatusOf)], Started(_network).RefusedLinks, [.. mesh.Strangers.Select(StatusOf)])
            {
                Mdns = _mdns is not null,
                MdnsInterfaces = _mdns?.Interfaces ?? [],
                MdnsProblem = _mdns?.Problem,
                Allowed = _admission?.Allowed ?? 0,
                Banned = _admission?.Banned ?? 0,
                LowestWireVersion = WireVersions.Supported.Lowest,
                HighestWireVersion = WireVersions.Supported.Highest,
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
        RefusedLinks = Started(_network).RefusedLinkCount,
        DroppedMessages = Started(_network).DroppedMessages,
        BadMessages = _router.BadMessages,
        DroppedDiscovery = _mdns?.Dropped ?? 0,
        Probes = Started(_network).Counts.Probes,
        ProbesFailed = Started(_network).Counts.ProbesFailed,
        Suspicions = Started(_network).Counts.Suspicions,
        SuspicionsAnswered = Started(_network).Counts.SuspicionsAnswered,
        Refutations = Started(_network).Counts.Refutations,
        Deaths = Started(_network).Counts.Deaths,
        Revivals = Started(_network).Counts.Revivals,
        Stalls = Started(_network).Counts.Stalls,
        DroppedGossip = Started(_network).DroppedGossip,
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

    /// <summary>What was so at the start, and what came to be.</summary>
    private IReadOnlyList<NodeWarning> WarningsOf(MeshSnapshot mesh) => mesh.DuplicateKeySince is null ? _warnings
        : [new NodeWarning(ErrorCodes.DuplicateKey, DuplicateKeyText(Id)), .. _warnings];

    /// <summary>What an owner is told whose key runs twice.</summary>
    public static string DuplicateKeyText(NodeId self) =>
        $"Another process runs with the key of this node ({self}): its data folder was copied. Both are taken for one node that "
        + "restarts all the time. Stop one of them, and remove node.key from its folder: it then makes a key of its own.";

    private DateTimeOffset? DuplicateKeySince(MeshSnapshot mesh) =>
        mesh.DuplicateKeySince is { } since ? new NodeClock(_time).CalendarAt(since) : null;

    private MemberStatus SelfOf(MeshSnapshot mesh, NodeInfo own) => new()
    {
        NodeId = Id,
        IsSelf = true,
        State = MemberState.Alive,
        Since = _startedAt,
        Incarnation = mesh.Incarnation,
        Start = StartText(_start),
        Listen = _addresses,
        ClockOffsetMs = 0,
        Capabilities = CapabilitiesOf(own),
    };

    private MemberStatus StatusOf(MeshMember member) => new()
    {
        NodeId = member.Node,
        State = member.State,
        Since = new NodeClock(_time).CalendarAt(member.Since),
        Incarnation = member.Incarnation,
        Start = member.Start is { } start ? StartText(start) : null,
        Listen = member.Addresses,
        LinkAddress = member.Remote?.ToString(),
        Tls = TlsOf(_network!.SecurityOf(member)),
        RoundTripMs = member.RoundTrip?.TotalMilliseconds,
        PredictedRoundTripMs = member.PredictedRoundTrip?.TotalMilliseconds,
        ClockOffsetMs = MillisecondsOf(member.ClockOffsetMicroseconds),
        Capabilities = member.Capabilities is { } can ? CapabilitiesOf(can) : null,
    };

    private static MemberCapabilities CapabilitiesOf(NodeInfo info) => new()
    {
        Http = info.HttpAddress,
        Version = info.Version,
        Isa = info.Isa,
        EngineFingerprint = info.EngineFingerprint,
        Slots = info.Slots,
        SlotsInUse = info.SlotsInUse,
        IsDraining = info.IsDraining,
        Models = [.. info.Models.Select(m => new PeerModelStatus(m.Label, m.Model, m.Limit, m.Open))],
    };

    private static AddressStatus StatusOf(LinkContact contact) => new()
    {
        Address = contact.Address.ToString(),
        NodeId = contact.Node,
        Source = contact.Source.ToString().ToLowerInvariant(),
        IsLinked = contact.IsLinked,
        Code = contact.Failure?.Code,
        Text = contact.Failure?.Text,
        FailedAt = contact.Failure is { } failure ? CalendarOf(failure.AtUnixMicroseconds) : null,
        Failures = contact.Failure?.Count ?? 0,
    };

    private static StrangerStatus StatusOf(MeshStranger stranger) => new(
        stranger.Node, [.. stranger.Addresses.Select(a => a.ToString())], stranger.Mesh, stranger.WireVersion,
        CalendarOf(stranger.SeenAtUnixMicroseconds));

    private static DateTimeOffset CalendarOf(long unixMicroseconds) =>
        DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(unixMicroseconds * TimeSpan.TicksPerMicrosecond);

    private static string StartText(ulong start) => start.ToString("x16", CultureInfo.InvariantCulture);

    private static double? MillisecondsOf(long? microseconds) => microseconds / 1000.0;

    /// <summary>The version out of <c>TLS 1.3 suite</c>.</summary>
    private static string? TlsOf(string? security) => security?.Split(' ') is ["TLS", string version, ..] ? version : security;
}
