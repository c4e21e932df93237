using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Host.Doctor;

/// <summary>Why an address leads to no link: what dialling it showed, held against this machine's own networks.</summary>
internal static class AddressFindings
{
    /// <summary>The finding of a dial from here.</summary>
    /// <param name="facts">What is known here.</param>
    /// <param name="probe">What came of it; not a link.</param>
    /// <param name="node">Who should be there; null when nobody knows.</param>
    public static Finding Of(DoctorFacts facts, LinkProbeResult probe, string? node)
    {
        string address = probe.Address.ToString(), about = probe.Peer?.ToString() ?? node ?? address;
        int port = probe.Address.Port;
        string who = Who(probe.Peer?.ToString() ?? node, address);
        return probe.Outcome switch
        {
            LinkProbeOutcome.NameNotFound => new Finding(FindingCodes.NameNotFound, about, $"The name {probe.Address.Host} has no address.",
                "It is mistyped, or only known on another network or to another name server.",
                "Check the name, or give an IP address (--seed, --address)."),
            LinkProbeOutcome.NoRoute => new Finding(FindingCodes.NoRoute, about, $"This machine has no way to {address} ({probe.Text}).",
                $"None of its networks leads there. It has {Networks(facts)}.",
                "Check that this machine is connected (Wi-Fi, cable, VPN), and that the address is right."),
            LinkProbeOutcome.NothingListens => new Finding(FindingCodes.NothingListens, about, $"Nothing listens at {address}.",
                "The machine answered and refused the connection: no node runs there, or it listens on another port (the next free one, "
                + "where its own was taken) or on 127.0.0.1 only, or a firewall refuses.",
                $"On that machine: 'tore status' shows where it listens; start it with --listen 0.0.0.0:{port}. Then here: tore doctor "
                + address),
            LinkProbeOutcome.NoAnswer => NoAnswer(facts, probe, about),
            _ => LinkRefusals.Explain(facts, about, who, probe.Code ?? ErrorCodes.HandshakeFailed, probe.Text ?? "", probe.PeerMesh),
        };
    }

    /// <summary>The finding of a dial that the running node made, as it remembers it.</summary>
    public static Finding Of(DoctorFacts facts, ContactFact contact)
    {
        string code = contact.Code ?? ErrorCodes.PeerUnreachable, text = contact.Text ?? "";
        string about = contact.NodeId ?? contact.Address;
        return code == ErrorCodes.PeerUnreachable
            ? new Finding(code, about, $"{Who(contact.NodeId, contact.Address)} cannot be reached.", text,
                $"Check that the machine is up and that no firewall is between; on the node's machine: tore doctor {contact.Address}")
            : LinkRefusals.Explain(
                facts, about, Who(contact.NodeId, contact.Address), code, text, MeshMismatch.PeerMeshIn(contact.Text));
    }

    /// <summary>A node, or what is at an address, as the subject of a sentence.</summary>
    public static string Who(string? node, string address) => node is null ? $"What answers at {address}" : $"Node {node} at {address}";

    private static Finding NoAnswer(DoctorFacts facts, LinkProbeResult probe, string about)
    {
        int port = probe.Address.Port;
        IPAddress? ip = probe.Resolved.Count > 0 && IPAddress.TryParse(probe.Resolved[0], out IPAddress? first) ? first : null;
        OwnInterface? same = ip is null ? null : Outward(facts).FirstOrDefault(i => i.Holds(ip));
        string what = $"{probe.Address} does not answer ({probe.Text}).";
        if (same is not null)
        {
            return new Finding(FindingCodes.NoAnswer, about, what,
                $"The address is on this machine's own network ({same}), so nothing but that machine is in the way: it is off or "
                + "asleep, has another address by now, or its firewall drops the port.",
                $"Wake it, check its address, and allow TCP port {port} in its firewall.");
        }
        return ip is not null && IsPrivate(ip)
            ? new Finding(FindingCodes.NoAnswer, about, what,
                $"It is a private address on another subnet than this machine's ({Networks(facts)}): a guest network, a container's or "
                + "virtual machine's network, or a VPN that is off.",
                "Bring both machines onto one network or VPN, or give an address that is reached from here (--address of 'tore invite').")
            : new Finding(FindingCodes.NoAnswer, about, what,
                "The machine is off, or a firewall or router on the way drops the connection.",
                $"Allow TCP port {port} in the firewall there; behind a home router, forward the port to that machine.");
    }

    private static string Networks(DoctorFacts facts)
    {
        string[] networks = [.. Outward(facts).Where(i => !i.Address.IsIPv6LinkLocal).Select(i => i.ToString()).Take(4)];
        return networks.Length == 0 ? "no network but loopback" : string.Join(", ", networks);
    }

    private static IEnumerable<OwnInterface> Outward(DoctorFacts facts) =>
        (facts.Local?.Interfaces ?? []).Where(i => !IPAddress.IsLoopback(i.Address));

    /// <summary>RFC 1918, RFC 6598, link-local, and unique local IPv6.</summary>
    private static bool IsPrivate(IPAddress address)
    {
        IPAddress ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        byte[] bytes = ip.GetAddressBytes();
        return ip.AddressFamily == AddressFamily.InterNetwork
            ? bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168)
                || (bytes[0] == 169 && bytes[1] == 254) || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64)
            : ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal;
    }
}
