using System.Globalization;
using System.Net;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>A node as DNS-SD records of the service <c>_tore._tcp</c> (RFC 6763), and back.</summary>
internal static class MdnsRecords
{
    /// <summary>Lifetime of records that carry a host name (RFC 6762 §10).</summary>
    public const uint HostLifetimeSeconds = 120;

    /// <summary>Lifetime of the others (RFC 6762 §10).</summary>
    public const uint OtherLifetimeSeconds = 4500;

    /// <summary>The service type.</summary>
    public static DnsName ServiceType { get; } = new("_tore", "_tcp", "local");

    /// <summary>The list of all service types (RFC 6763 §9).</summary>
    public static DnsName AllTypes { get; } = new("_services", "_dns-sd", "_udp", "local");

    /// <summary>From the list of types to ours: shared by all nodes.</summary>
    public static DnsRecord TypePointer { get; } = new(AllTypes, false, OtherLifetimeSeconds, new DnsData.Pointer(ServiceType));

    /// <summary>The name of a node's service instance; <paramref name="number"/> counts the names that turned out to be taken.</summary>
    public static DnsName InstanceOf(NodeId node, int number = 1) => new(Numbered(node.ToString(), number), "_tore", "_tcp", "local");

    /// <summary>A node's host name, apart from the machine's own so that nobody else answers for it.</summary>
    public static DnsName HostOf(NodeId node, int number = 1) => new(Numbered("tore-" + node.Value.ToString("N"), number), "local");

    /// <summary>From the type to the instance.</summary>
    public static DnsRecord Pointer(DnsName instance) => new(ServiceType, false, OtherLifetimeSeconds, new DnsData.Pointer(instance));

    /// <summary>Host and port.</summary>
    public static DnsRecord Service(DnsName instance, DnsName host, int port) =>
        new(instance, true, HostLifetimeSeconds, new DnsData.Service(host, (ushort)port));

    /// <summary>Id, mesh fingerprint, wire versions; never the secret. All keys within nine characters (RFC 6763 §6.4).</summary>
    public static DnsRecord Text(DnsName instance, MdnsNode node) => new(instance, true, OtherLifetimeSeconds, DnsData.Text.Of(
        "txtvers=1", $"id={node.Node}", $"mesh={node.Mesh}", $"wire={Write(node.Wire)}"));

    /// <summary>An address.</summary>
    public static DnsRecord Address(DnsName host, IPAddress address) =>
        new(host, true, HostLifetimeSeconds, new DnsData.Address(new IPAddress(address.GetAddressBytes())));

    /// <summary>The name has records of these types only (RFC 6762 §6.1).</summary>
    public static DnsRecord OnlyTypes(DnsName name, params IReadOnlyList<DnsType> types) =>
        new(name, true, HostLifetimeSeconds, new DnsData.OnlyTypes(name, types));

    /// <summary>Reads what an instance says; null when it is not a node that can be understood.</summary>
    public static MdnsNode? Read(DnsData.Service service, DnsData.Text text, IReadOnlyList<IPAddress> addresses)
    {
        IReadOnlyList<string> strings = text.Strings;
        if (!NodeId.TryParse(Value(strings, "id"), out NodeId node) || Value(strings, "mesh") is not { Length: 16 } mesh
            || !mesh.All(char.IsAsciiHexDigitLower) || service.Port == 0 || !TryReadWire(Value(strings, "wire"), out WireVersions wire))
        {
            return null;
        }
        return new MdnsNode { Node = node, Port = service.Port, Addresses = addresses, Mesh = mesh, Wire = wire };
    }

    private static string Numbered(string name, int number) =>
        number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");

    private static string Write(WireVersions wire) => wire.Lowest == wire.Highest
        ? wire.Highest.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{wire.Lowest}-{wire.Highest}");

    /// <summary><c>3</c>, or <c>1-3</c>.</summary>
    private static bool TryReadWire(string? text, out WireVersions wire)
    {
        wire = default;
        string[] ends = text?.Split('-', 3) ?? [];
        if (ends.Length is < 1 or > 2 || !ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort lowest)
            || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort highest) || lowest > highest)
        {
            return false;
        }
        wire = new WireVersions(lowest, highest);
        return true;
    }

    private static string? Value(IReadOnlyList<string> strings, string key)
    {
        // The first of a key counts, and keys know no case (RFC 6763 §6.4).
        string? pair = strings.FirstOrDefault(s => s.StartsWith(key, StringComparison.OrdinalIgnoreCase)
            && (s.Length == key.Length || s[key.Length] == '='));
        return pair?.Length > key.Length ? pair[(key.Length + 1)..] : null;
    }
}
