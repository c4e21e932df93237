using System.Globalization;
using System.Net;
using Tore.Mesh.Primitives;

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

    /// <summary>Name of a node's service instance; node ids are unique, so are these.</summary>
    public static DnsName InstanceOf(NodeId node) => new(node.ToString(), "_tore", "_tcp", "local");

    /// <summary>A node's host name, apart from the machine's own so that nobody else answers for it.</summary>
    public static DnsName HostOf(NodeId node) => new("tore-" + node.Value.ToString("N"), "local");

    /// <summary>From the type to the instance.</summary>
    public static DnsRecord Pointer(MdnsNode node) =>
        new(ServiceType, false, OtherLifetimeSeconds, new DnsData.Pointer(InstanceOf(node.Node)));

    /// <summary>From the list of types to ours.</summary>
    public static DnsRecord TypePointer() => new(AllTypes, false, OtherLifetimeSeconds, new DnsData.Pointer(ServiceType));

    /// <summary>Host and port.</summary>
    public static DnsRecord Service(MdnsNode node) =>
        new(InstanceOf(node.Node), true, HostLifetimeSeconds, new DnsData.Service(HostOf(node.Node), (ushort)node.Port));

    /// <summary>Id, mesh fingerprint, wire version.</summary>
    public static DnsRecord Text(MdnsNode node) => new(InstanceOf(node.Node), true, OtherLifetimeSeconds, new DnsData.Text(
    [
        "txtvers=1",
        $"id={node.Node}",
        $"mesh={node.Mesh}",
        string.Create(CultureInfo.InvariantCulture, $"wire={node.WireVersion}"),
    ]));

    /// <summary>The addresses.</summary>
    public static IEnumerable<DnsRecord> Addresses(MdnsNode node) =>
        node.Addresses.Select(a => new DnsRecord(HostOf(node.Node), true, HostLifetimeSeconds, new DnsData.Address(a)));

    /// <summary>Reads a resolved instance; null when it is not a node of ours that can be understood.</summary>
    public static MdnsNode? Read(DnsName instance, DnsData.Service service, DnsData.Text text, IEnumerable<IPAddress> addresses)
    {
        string? id = Value(text, "id"), mesh = Value(text, "mesh"), wire = Value(text, "wire");
        if (!NodeId.TryParse(id, out NodeId node) || !string.Equals(instance.Labels[0], id, StringComparison.OrdinalIgnoreCase)
            || mesh is not { Length: 16 } || !mesh.All(char.IsAsciiHexDigitLower) || service.Port == 0
            || !int.TryParse(wire, NumberStyles.None, CultureInfo.InvariantCulture, out int version))
        {
            return null;
        }
        return new MdnsNode { Node = node, Port = service.Port, Addresses = [.. addresses], Mesh = mesh, WireVersion = version };
    }

    private static string? Value(DnsData.Text text, string key)
    {
        // The first of a key counts, and keys know no case (RFC 6763 §6.4).
        string? pair = text.Strings.FirstOrDefault(s => s.StartsWith(key + "=", StringComparison.OrdinalIgnoreCase));
        return pair?[(key.Length + 1)..];
    }
}
