using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Membership.Mdns;

/// <summary>Nodes with small numbers for ids.</summary>
internal static class TestNodes
{
    public const string Mesh = "0123456789abcdef";

    public static NodeId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public static IPAddress Address(int number) => new([10, 0, (byte)(number >> 8), (byte)number]);

    public static MdnsNode Of(int number, params IPAddress[] addresses) => new()
    {
        Node = Id(number),
        Port = (ushort)(7600 + number),
        Addresses = addresses.Length > 0 ? addresses : [Address(number)],
        Mesh = Mesh,
        Wire = new WireVersions(1, 1),
    };

    /// <summary>The records that a node of ours tells under its first names.</summary>
    public static IReadOnlyList<DnsRecord> Records(MdnsNode node) => new MdnsOwn(node).All;

    /// <summary>A link of the segment: 10.0.0.0/16, interface 7.</summary>
    public static MdnsInterface Link(params IPAddress[] announced) =>
        new(7, announced[0], false, announced, [(announced[0], 16)]);
}
