using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Mdns;

/// <summary>A network segment in memory with its own time: what one station multicasts, all hear, through the packet codec.</summary>
internal sealed class Segment
{
    private readonly List<Station> _stations = [];
    private readonly Queue<byte[]> _flying = new();

    public TimeSpan Now { get; private set; }

    public Station Join(int number)
    {
        var station = new Station(this, TestNodes.Of(number, IPAddress.Loopback));
        _stations.Add(station);
        station.Core.Start(Now);
        return station;
    }

    public void Unplug(Station station) => _stations.Remove(station);

    /// <summary>A packet from a stranger.</summary>
    public void Inject(DnsMessage message)
    {
        Carry(message);
        Deliver();
    }

    /// <summary>Lets time pass from deadline to deadline.</summary>
    public void RunUntil(TimeSpan end)
    {
        Deliver();
        while (_stations.Min(s => s.Core.NextDeadline) is { } next && next <= end)
        {
            Now = next > Now ? next : Now;
            foreach (Station station in _stations)
            {
                station.Core.OnTimer(Now);
            }
            Deliver();
        }
        Now = end;
    }

    private void Carry(DnsMessage message)
    {
        byte[] packet = new byte[Limits.MdnsPacketBytes];
        _flying.Enqueue(packet[..DnsWriter.Write(message, packet)]);
    }

    private void Deliver()
    {
        while (_flying.TryDequeue(out byte[]? packet))
        {
            Assert.True(DnsReader.TryRead(packet, out DnsMessage message));
            foreach (Station station in _stations)
            {
                station.Core.OnMessage(message, Now);
            }
        }
    }

    internal sealed class Station : IMdnsEffects
    {
        private readonly Segment _segment;

        public Station(Segment segment, MdnsNode own)
        {
            _segment = segment;
            Core = new MdnsCore(own, this, new Random(own.Port));
        }

        public MdnsCore Core { get; }

        public Dictionary<NodeId, MdnsNode> Known { get; } = [];

        public List<(TimeSpan At, DnsMessage Message)> Sent { get; } = [];

        public int FoundCount { get; private set; }

        public int LostCount { get; private set; }

        public void Send(DnsMessage message)
        {
            Sent.Add((_segment.Now, message));
            _segment.Carry(message);
        }

        public void Found(MdnsNode node)
        {
            FoundCount++;
            Known[node.Node] = node;
        }

        public void Lost(NodeId node)
        {
            LostCount++;
            Assert.True(Known.Remove(node));
        }
    }
}
