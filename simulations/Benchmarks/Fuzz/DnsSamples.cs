using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>Packets as a responder of ours sends them in its first seconds: probes, announcements, queries, answers, goodbyes.</summary>
internal static class DnsSamples
{
    /// <summary>Two nodes with addresses of both families.</summary>
    public static MdnsNode Node(int number) => new()
    {
        Node = new NodeId(new Guid(number, 0, 0, new byte[8])),
        Port = 7600 + number,
        Addresses = [IPAddress.Parse($"192.0.2.{number}"), IPAddress.Parse($"fe80::{number}")],
        Mesh = "0123456789abcdef",
        Wire = WireVersions.Supported,
    };

    /// <summary>The link that they are on.</summary>
    public static MdnsInterface Link(MdnsNode node) => new(3, node.Addresses[0], false, node.Addresses, [(node.Addresses[0], 24)]);

    /// <summary>A packet that all hear.</summary>
    public static MdnsSource From(MdnsNode node) => new(new IPEndPoint(node.Addresses[0], MdnsSource.Port), true, true);

    /// <summary>The packets.</summary>
    public static IReadOnlyList<byte[]> Packets()
    {
        var sent = new Recorder();
        MdnsCore first = new(Node(1), Link(Node(1)), new MdnsKin(), sent, new Random(1));
        MdnsCore second = new(Node(2), Link(Node(2)), new MdnsKin(), sent, new Random(2));
        first.Start(TimeSpan.Zero);
        second.Start(TimeSpan.Zero);
        for (int ms = 0; ms < 10_000; ms += 50)
        {
            var now = TimeSpan.FromMilliseconds(ms);
            foreach (MdnsCore core in new[] { first, second })
            {
                if (core.NextDeadline <= now)
                {
                    core.OnTimer(now);
                }
            }
            foreach (DnsMessage message in sent.Take())
            {
                first.OnMessage(message, From(Node(1)), now);
                second.OnMessage(message, From(Node(1)), now);
            }
        }
        first.Stop(TimeSpan.FromSeconds(10));
        second.Stop(TimeSpan.FromSeconds(10));
        sent.Take();
        return sent.Packets;
    }

    private sealed class Recorder : IMdnsEffects
    {
        private readonly byte[] _packet = new byte[Limits.MdnsPacketBytes];
        private List<DnsMessage> _waiting = [];

        public List<byte[]> Packets { get; } = [];

        public bool Send(DnsMessage message)
        {
            Packets.Add(_packet[..DnsWriter.Write(message, _packet)]);
            _waiting.Add(message);
            return true;
        }

        public void SendTo(IPEndPoint asker, DnsMessage message) => Packets.Add(_packet[..DnsWriter.Write(message, _packet)]);

        public List<DnsMessage> Take() => Interlocked.Exchange(ref _waiting, []);

        public void Found(DnsName instance, MdnsNode node)
        {
        }

        public void Lost(DnsName instance)
        {
        }
    }
}
