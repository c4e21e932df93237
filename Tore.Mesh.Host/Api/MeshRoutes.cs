using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Host.Api;

/// <summary>
/// <c>/mesh/members</c>: who is in the mesh as this node sees it. <c>/mesh/contacts</c>: whom it tried to reach or turned away, and why.
/// </summary>
internal static class MeshRoutes
{
    public const string MembersPath = "/mesh/members";
    public const string ContactsPath = "/mesh/contacts";

    public static void Map(IEndpointRouteBuilder routes, ApiContext api)
    {
        routes.MapGet(MembersPath, (HttpContext http) => Answers.WriteAsync(http, BodyOf(api.Status()), ApiJson.Bodies.MembersBody));
        routes.MapGet(ContactsPath, (HttpContext http) =>
            Answers.WriteAsync(http, BodyOf(api.Status(), api.Contacts()), ApiJson.Bodies.ContactsBody));
    }

    /// <summary>Members by state, this node among the living.</summary>
    public static MemberCounts CountsOf(NodeStatus status)
    {
        int Of(MemberState state) => status.Members.Count(m => m.State == state);
        return new MemberCounts(Of(MemberState.Alive), Of(MemberState.Suspect), Of(MemberState.Dead), Of(MemberState.Left));
    }

    /// <summary>Warnings as they stand in answers.</summary>
    public static IReadOnlyList<WarningBody> WarningsOf(NodeStatus status) =>
        [.. status.Warnings.Select(w => new WarningBody(w.Code, w.Text))];

    private static MembersBody BodyOf(NodeStatus status) => new()
    {
        NodeId = status.NodeId.ToString(),
        Mesh = status.Mesh,
        MeshId = status.MeshFingerprint,
        ClockOffsetMs = status.ClockOffsetMs,
        LocalHealth = status.LocalHealth,
        Members = [.. status.Members.Select(MemberOf)],
    };

    private static MemberBody MemberOf(MemberStatus member) => new()
    {
        NodeId = member.NodeId.ToString(),
        Self = member.IsSelf,
        State = member.State.ToString().ToLowerInvariant(),
        Since = TimeOf(member.Since),
        Incarnation = member.Incarnation,
        Start = member.Start,
        Addresses = member.Listen,
        LinkAddress = member.LinkAddress,
        Tls = member.Tls,
        RoundTripMs = member.RoundTripMs,
        PredictedRoundTripMs = member.PredictedRoundTripMs,
        ClockOffsetMs = member.ClockOffsetMs,
        Http = member.Capabilities?.Http,
        Version = member.Capabilities?.Version,
        Isa = member.Capabilities?.Isa,
        EngineFingerprint = member.Capabilities?.EngineFingerprint,
        Slots = member.Capabilities?.Slots,
        SlotsInUse = member.Capabilities?.SlotsInUse,
        Draining = member.Capabilities?.IsDraining ?? false,
        Models = [.. (member.Capabilities?.Models ?? []).Select(
            m => new MemberModel(m.Label, m.Digest.ToString(), m.Limit?.ToString(), m.Open?.ToString()))],
    };

    private static ContactsBody BodyOf(NodeStatus status, ContactsStatus contacts) => new()
    {
        NodeId = status.NodeId.ToString(),
        Mesh = status.Mesh,
        MeshId = status.MeshFingerprint,
        WireVersions = new WireVersionsBody(contacts.LowestWireVersion, contacts.HighestWireVersion),
        ClockOffsetMs = status.ClockOffsetMs,
        DuplicateKey = status.DuplicateKeySince is { } since
            ? new DuplicateKeyBody(MeshNode.DuplicateKeyText(status.NodeId), TimeOf(since)) : null,
        Mdns = new MdnsBody(contacts.Mdns, contacts.MdnsInterfaces, contacts.MdnsProblem),
        Admission = new AdmissionBody(contacts.Allowed, contacts.Banned),
        Addresses = [.. contacts.Addresses.Select(AddressOf)],
        Refused = [.. contacts.Refused.Select(RefusedOf)],
        Strangers = [.. contacts.Strangers.Select(
            s => new StrangerBody(s.NodeId.ToString(), s.Addresses, s.Mesh, s.WireVersion, TimeOf(s.SeenAt)))],
        Warnings = WarningsOf(status),
    };

    private static AddressBody AddressOf(AddressStatus address) => new(
        address.Address, address.NodeId?.ToString(), address.Source, address.IsLinked, address.Code, address.Text,
        address.FailedAt is { } at ? TimeOf(at) : null, address.Failures);

    private static RefusedBody RefusedOf(RefusedLink link) => new(
        link.Address, link.Peer?.ToString(), link.Code, link.Text, TimeOf(link.FirstAt), TimeOf(link.LastAt), link.Count);

    private static string TimeOf(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
