using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Mdns;

/// <summary>
/// A network segment in memory with its own time: what one station multicasts, all hear, itself too, through the packet codec.
/// </summary>
internal sealed class Segment
{
    private readonly List<Station> _stations = [];
    private readonly Queue<(byte[] Packet, IPEndPoint From, IPEndPoint? To)> _flying = new();

    public TimeSpan Now { get; private set; }

    /// <summary>What went to one asker that is no station.</summary>
    public List<(IPEndPoint To, DnsMessage Message)> Replies { get; } = [];

    /// <summary>Node <paramref name="number"/> joins.</summary>
    /// <param name="number">Its id and port.</param>
    /// <param name="host">Its address, when that is not the number's.</param>
    /// <param name="kin">Shared by the cores of one node.</param>
    /// <param name="change">What it says differently.</param>
    public Station Join(int number, int? host = null, MdnsKin? kin = null, Func<MdnsNode, MdnsNode>? change = null)
    {
        MdnsNode node = TestNodes.Of(number, TestNodes.Address(host ?? number));
        var station = new Station(this, change?.Invoke(node) ?? node, kin ?? new MdnsKin(), seed: host ?? number);
        _stations.Add(station);
        station.Core.Start(Now);
        return station;
    }

    public void Unplug(Station station) => _stations.Remove(station);

    public void Plug(Station station) => _stations.Add(station);

    /// <summary>A packet from a stranger, to all or to one station.</summary>
    public void Inject(DnsMessage message, IPEndPoint? from = null, Station? to = null)
    {
        Carry(message, from ?? new IPEndPoint(TestNodes.Address(999), MdnsSource.Port), to?.EndPoint);
        Deliver();
    }

    /// <summary>Lets time pass from deadline to deadline.</summary>
    public void RunUntil(double seconds)
    {
        TimeSpan end = TimeSpan.FromSeconds(seconds);
        Deliver();
        while (_stations.Count > 0 && _stations.Min(s => s.Core.NextDeadline) is { } next && next <= end)
        {
            Assert.True(next > Now || _stations.Sum(s => s.Sent.Count) < 1_000_000, "a core asks for the same moment for ever");
            Now = next > Now ? next : Now;
            foreach (Station station in _stations.ToArray())
            {
                station.Core.OnTimer(Now);
            }
            Deliver();
        }
        Now = end;
    }

    private void Carry(DnsMessage message, IPEndPoint from, IPEndPoint? to)
    {
        byte[] packet = new byte[Limits.MdnsPacketBytes];
        _flying.Enqueue((packet[..DnsWriter.Write(message, packet)], from, to));
    }

    private void Deliver()
    {
        while (_flying.TryDequeue(out (byte[] Packet, IPEndPoint From, IPEndPoint? To) flying))
        {
            Assert.True(DnsReader.TryRead(flying.Packet, out DnsMessage message));
            Station[] hearers = [.. _stations.Where(s => flying.To is null || s.EndPoint.Equals(flying.To))];
            if (flying.To is not null && hearers.Length == 0)
            {
                Replies.Add((flying.To, message));
            }
            foreach (Station station in hearers)
            {
                bool onLink = flying.From.Address.GetAddressBytes()[0] == 10;
                station.Core.OnMessage(message, new MdnsSource(flying.From, flying.To is null, onLink), Now);
            }
        }
    }

    internal sealed class Station : IMdnsEffects
    {
        private readonly Segment _segment;

        public Station(Segment segment, MdnsNode own, MdnsKin kin, int seed)
        {
            _segment = segment;
            EndPoint = new IPEndPoint(own.Addresses[0], MdnsSource.Port);
            Core = new MdnsCore(own, TestNodes.Link([.. own.Addresses]), kin, this, new Random(seed));
        }

        public MdnsCore Core { get; }

        public IPEndPoint EndPoint { get; }

        /// <summary>The interface takes no packets yet.</summary>
        public bool IsDeaf { get; set; }

        public Dictionary<DnsName, MdnsNode> Known { get; } = [];

        public List<(TimeSpan At, DnsMessage Message)> Sent { get; } = [];

        public int FoundCount { get; private set; }

        public int LostCount { get; private set; }

        public IEnumerable<(TimeSpan At, DnsMessage Message)> Responses => Sent.Where(s => s.Message.IsResponse);

        public IEnumerable<(TimeSpan At, DnsMessage Message)> Probes => Sent.Where(s => s.Message.Authorities.Count > 0);

        public IEnumerable<(TimeSpan At, DnsMessage Message)> Queries =>
            Sent.Where(s => s.Message is { IsResponse: false, Authorities.Count: 0 });

        public bool Knows(int number) => Known.Values.Any(n => n.Node == TestNodes.Id(number));

        public MdnsNode Node(int number) => Known.Values.Single(n => n.Node == TestNodes.Id(number));

        /// <summary>Times at which this station told a record to all.</summary>
        public IEnumerable<TimeSpan> Told(DnsType type, DnsName? name = null) => Responses
            .Where(s => s.Message.Answers.Concat(s.Message.Additionals).Any(r => r.Type == type && (name is null || r.Name.Equals(name))))
            .Select(s => s.At);

        public bool Send(DnsMessage message)
        {
            if (IsDeaf)
            {
                return false;
            }
            Sent.Add((_segment.Now, message));
            _segment.Carry(message, EndPoint, null);
            return true;
        }

        public void SendTo(IPEndPoint asker, DnsMessage message) => _segment.Carry(message, EndPoint, asker);

        public void Found(DnsName instance, MdnsNode node)
        {
            FoundCount++;
            Known[instance] = node;
        }

        public void Lost(DnsName instance)
        {
            LostCount++;
            Assert.True(Known.Remove(instance));
        }
    }
}
