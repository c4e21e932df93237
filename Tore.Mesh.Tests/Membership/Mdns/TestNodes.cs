using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Mdns;

/// <summary>Nodes with small numbers for ids.</summary>
internal static class TestNodes
{
    public static NodeId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public static MdnsNode Of(int number, params IPAddress[] addresses) => new()
    {
        Node = Id(number),
        Port = 7600 + number,
        Addresses = addresses,
        Mesh = "0123456789abcdef",
        WireVersion = 1,
    };
}
