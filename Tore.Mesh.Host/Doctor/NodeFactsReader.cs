using System.Globalization;
using System.Text.Json.Nodes;

namespace Tore.Mesh.Host.Doctor;

/// <summary>Reads what a node's <c>/mesh/members</c> and <c>/mesh/contacts</c> say; what is not there is left out.</summary>
internal static class NodeFactsReader
{
    /// <summary>Reads both answers.</summary>
    public static NodeFacts Read(JsonObject members, JsonObject contacts) => new()
    {
        NodeId = Text(contacts, "node_id") ?? "",
        Mesh = Text(contacts, "mesh") ?? "",
        MeshId = Text(contacts, "mesh_id") ?? "",
        WireLowest = (int?)contacts["wire_versions"]?["lowest"] ?? 1,
        WireHighest = (int?)contacts["wire_versions"]?["highest"] ?? 1,
        Listen = Texts(Items(members, "members").FirstOrDefault(m => (bool?)m["self"] == true)?["addresses"]),
        ClockOffsetMs = (double?)members["clock_offset_ms"],
        LocalHealth = (int?)members["local_health"] ?? 0,
        DuplicateKey = (string?)contacts["duplicate_key"]?["text"],
        Mdns = (bool?)contacts["mdns"]?["on"],
        MdnsProblem = (string?)contacts["mdns"]?["problem"],
        Members = [.. Items(members, "members").Select(MemberOf)],
        Contacts = [.. Items(contacts, "addresses").Select(ContactOf)],
        Refused = [.. Items(contacts, "refused").Select(RefusedOf)],
        Strangers = [.. Items(contacts, "strangers").Select(StrangerOf)],
        Warnings = [.. Items(contacts, "warnings").Select(w => (Text(w, "code") ?? "", Text(w, "text") ?? ""))],
    };

    private static MemberFact MemberOf(JsonObject member) => new()
    {
        NodeId = Text(member, "node_id") ?? "",
        IsSelf = (bool?)member["self"] == true,
        State = Text(member, "state") ?? "",
        Since = Time(member, "since"),
        Addresses = Texts(member["addresses"]),
        LinkAddress = Text(member, "link_address"),
        Tls = Text(member, "tls"),
        ClockOffsetMs = (double?)member["clock_offset_ms"],
    };

    private static ContactFact ContactOf(JsonObject contact) => new()
    {
        Address = Text(contact, "address") ?? "",
        NodeId = Text(contact, "node_id"),
        Source = Text(contact, "source") ?? "",
        IsLinked = (bool?)contact["linked"] == true,
        Code = Text(contact, "code"),
        Text = Text(contact, "text"),
        Failures = (int?)contact["failures"] ?? 0,
    };

    private static RefusedFact RefusedOf(JsonObject refused) => new()
    {
        Address = Text(refused, "address") ?? "",
        NodeId = Text(refused, "node_id"),
        Code = Text(refused, "code") ?? "",
        Text = Text(refused, "text") ?? "",
        LastAt = Time(refused, "last_at"),
        Count = (long?)refused["count"] ?? 1,
    };

    private static StrangerFact StrangerOf(JsonObject stranger) => new()
    {
        NodeId = Text(stranger, "node_id") ?? "",
        MeshId = Text(stranger, "mesh_id") ?? "",
        WireVersion = (int?)stranger["wire_version"] ?? 0,
        Addresses = Texts(stranger["addresses"]),
    };

    private static IEnumerable<JsonObject> Items(JsonObject body, string name) =>
        (body[name] as JsonArray ?? []).OfType<JsonObject>();

    private static string? Text(JsonObject body, string name) => (string?)body[name];

    private static string[] Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(t => (string?)t).OfType<string>()];

    private static DateTimeOffset? Time(JsonObject body, string name) => DateTimeOffset.TryParse(
        Text(body, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
