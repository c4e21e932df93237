using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;
using static Tore.Mesh.Tests.Membership.Mdns.MdnsClaimTests;

namespace Tore.Mesh.Tests.Membership.Mdns;

/// <summary>How nodes are looked for, kept and lost: RFC 6762 §5.2, §7.3 and §10.</summary>
public sealed class MdnsBrowserTests
{
    private static readonly DnsQuestion Browse = new(MdnsRecords.ServiceType, DnsType.Ptr);

    private readonly Segment _segment = new();

    [Fact]
    public void Start_ThreeNodes_FindEachOther()
    {
        Segment.Station[] stations = [_segment.Join(1), _segment.Join(2), _segment.Join(3)];
        _segment.RunUntil(3);
        Assert.All(stations, s => Assert.Equal(2, s.Known.Count));
        MdnsNode third = stations[0].Node(3);
        Assert.Equal([TestNodes.Address(3)], third.Addresses);
        Assert.Equal((7603, TestNodes.Mesh), (third.Port, third.Mesh));
    }

    [Fact]
    public void Start_LateJoiner_IsFoundAndFindsAtOnce()
    {
        Segment.Station first = _segment.Join(1);
        _segment.RunUntil(20_000);
        Segment.Station second = _segment.Join(2);
        _segment.RunUntil(20_001.5);
        Assert.True(first.Knows(2));
        Assert.True(second.Knows(1));
    }

    [Fact]
    public void Start_Alone_AsksInIntervalsThatDoubleUpToAnHour()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(23_000);
        TimeSpan[] asked = [.. station.Queries.Select(q => q.At)];
        double[] intervals = [.. asked.Zip(asked.Skip(1), (a, b) => (b - a).TotalSeconds)];
        Assert.InRange(asked[0].TotalMilliseconds, 20, 120);
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600, 3600, 3600], intervals);
        Assert.All(station.Queries, q => Assert.Equal(Browse, Assert.Single(q.Message.Questions)));
    }

    [Fact]
    public void Browse_OwnQuestionComesBack_IsNotAnswered()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(5000);
        Assert.Equal(2, station.Responses.Count());
    }

    [Fact]
    public void Browse_KnownNodes_AreToldAsKnownAndNotAnswered()
    {
        Segment.Station first = _segment.Join(1), second = _segment.Join(2);
        _segment.RunUntil(5);
        int answers = second.Told(DnsType.Ptr).Count();
        first.Core.OnNetworkChanged(_segment.Now);
        _segment.RunUntil(6);
        DnsMessage query = first.Queries.Last().Message;
        Assert.Contains(query.Answers, a => a.SaysTheSameAs(MdnsRecords.Pointer(second.Core.Instance))
            && a.LifetimeSeconds is > 4400 and < 4500);
        Assert.Equal(answers, second.Told(DnsType.Ptr).Count());
    }

    [Fact]
    public void Browse_MoreKnownThanAPacketHolds_AreToldInSeveral()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(5);
        for (int i = 10; i < 110; i++)
        {
            _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(i))]));
        }
        int before = station.Sent.Count;
        station.Core.OnNetworkChanged(_segment.Now);
        _segment.RunUntil(5.5);
        DnsMessage[] packets = [.. station.Sent.Skip(before).Select(s => s.Message)
            .Where(m => m is { IsResponse: false, Authorities.Count: 0 })];
        Assert.True(packets.Length > 1);
        Assert.All(packets[..^1], p => Assert.True(p.IsTruncated));
        Assert.False(packets[^1].IsTruncated);
        Assert.All(packets[1..], p => Assert.Empty(p.Questions));
        Assert.Equal(100, packets.Sum(p => p.Answers.Count));
    }

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, false, 2)]
    [InlineData(false, true, 2)]
    public void Browse_SameQuestionByAnother_IsNotRepeated(bool knowsMore, bool wantsUnicast, int asked)
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(0.5);
        Assert.Single(station.Queries);
        _segment.RunUntil(0.9);
        _segment.Inject(new DnsMessage
        {
            IsResponse = false,
            Questions = [Browse with { WantsUnicast = wantsUnicast }],
            Answers = knowsMore ? [MdnsRecords.Pointer(MdnsRecords.InstanceOf(TestNodes.Id(9)))] : [],
        });
        _segment.RunUntil(1.5);
        Assert.Equal(asked, station.Queries.Count());
    }

    [Fact]
    public void Browse_SameQuestionSentToUsAlone_IsRepeatedToAll()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(0.9);
        _segment.Inject(Ask(Browse.Name, Browse.Type), to: station);
        _segment.RunUntil(1.5);
        Assert.Equal(2, station.Queries.Count());
    }

    [Fact]
    public void Stop_Node_IsLostASecondLater()
    {
        Segment.Station first = _segment.Join(1), second = _segment.Join(2);
        _segment.RunUntil(3);
        second.Core.Stop(_segment.Now);
        _segment.RunUntil(3.9);
        Assert.True(first.Knows(2));
        _segment.RunUntil(4.1);
        Assert.Empty(first.Known);
        int asked = first.Queries.Count();
        _segment.RunUntil(6);
        Assert.DoesNotContain(first.Queries.Skip(asked), q => q.Message.Questions.Any(p => p != Browse));
    }

    [Fact]
    public void OnTimer_SilentNode_IsAskedForFourTimesThenLostThenForgotten()
    {
        Segment.Station first = _segment.Join(1), second = _segment.Join(2);
        _segment.RunUntil(3);
        _segment.Unplug(second);
        TimeSpan heard = second.Told(DnsType.Srv).Last();
        _segment.RunUntil(heard.TotalSeconds + 119.9);
        Assert.True(first.Knows(2));
        double[] asked = [.. first.Queries.Where(q => q.Message.Questions.Any(p => p.Type == DnsType.Srv))
            .Select(q => (q.At - heard) / TimeSpan.FromSeconds(120))];
        Assert.Equal(4, asked.Length);
        Assert.All(asked.Zip([0.80, 0.85, 0.90, 0.95]), p => Assert.InRange(p.First, p.Second, p.Second + 0.02));
        // Service and address run out together and are asked for together.
        Assert.All(first.Queries.Where(q => q.Message.Questions.Any(p => p.Type == DnsType.Srv)),
            q => Assert.Contains(q.Message.Questions, p => p.Type == DnsType.A));
        _segment.RunUntil(heard.TotalSeconds + 121);
        Assert.Empty(first.Known);
        // Asked for in vain, the pointer is dropped long before its 75 minutes (§10.4).
        _segment.RunUntil(200);
        int before = first.Queries.Count();
        _segment.RunUntil(1000);
        Assert.All(first.Queries.Skip(before), q => Assert.Equal(Browse, Assert.Single(q.Message.Questions)));
        Assert.All(first.Queries.Skip(before), q => Assert.Single(q.Message.Answers));
    }

    [Fact]
    public void OnTimer_LivingNodes_KeepKnowingEachOtherForADay()
    {
        Segment.Station[] stations = [_segment.Join(1), _segment.Join(2), _segment.Join(3)];
        _segment.RunUntil(86_400);
        Assert.All(stations, s => Assert.Equal((2, 0), (s.Known.Count, s.LostCount)));
        // Host records live two minutes; each is renewed once in that time, for all, whoever asks.
        Assert.All(stations, s => Assert.InRange(s.Sent.Count, 500, 3000));
    }

    [Fact]
    public void OnTimer_QuestionByAnotherJustBefore_ServesUsToo()
    {
        Segment.Station[] stations = [.. Enumerable.Range(1, 8).Select(i => _segment.Join(i))];
        _segment.RunUntil(5);
        int before = stations.Sum(s => s.Queries.Count());
        _segment.RunUntil(1805);
        // Fifteen lives of 120 s for each of 8 nodes' records: without the rule each of the others would ask.
        int asked = stations.Sum(s => s.Queries.Count(q => q.Message.Questions.Any(p => p.Type == DnsType.Srv)));
        Assert.InRange(asked, 60, 400);
        Assert.All(stations, s => Assert.Equal(7, s.Known.Count));
        Assert.True(before > 0);
    }

    [Fact]
    public void OnMessage_PointerOnly_IsAskedAboutFiveTimesAndForgotten()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(300);
        DnsName name = MdnsRecords.InstanceOf(TestNodes.Id(9));
        for (int i = 0; i < 50; i++)
        {
            _segment.Inject(Tell(MdnsRecords.Pointer(name)));
        }
        _segment.RunUntil(500);
        TimeSpan[] asked = [.. station.Queries
            .Where(q => q.Message.Questions.Contains(new DnsQuestion(name, DnsType.Txt))).Select(q => q.At)];
        Assert.Equal([1, 2, 4, 8], asked.Zip(asked.Skip(1), (a, b) => (b - a).TotalSeconds));
        Assert.InRange((asked[0] - TimeSpan.FromSeconds(300)).TotalMilliseconds, 20, 120);
        Assert.Empty(station.Known);
    }

    [Fact]
    public void OnMessage_PointerFirstAndTheRestWhenAsked_IsFound()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(30);
        IReadOnlyList<DnsRecord> records = TestNodes.Records(TestNodes.Of(9));
        _segment.Inject(Tell(records[0]));
        _segment.RunUntil(30.5);
        Assert.Equal([DnsType.Srv, DnsType.Txt], station.Queries.Last().Message.Questions.Select(q => q.Type));
        _segment.Inject(Tell(records[1], records[2]));
        Assert.Empty(station.Known);
        _segment.RunUntil(31.5);
        Assert.Equal([DnsType.A, DnsType.Aaaa], station.Queries.Last().Message.Questions.Select(q => q.Type));
        _segment.Inject(Tell(records[3]));
        Assert.True(station.Knows(9));
        int before = station.Queries.Count();
        _segment.RunUntil(33);
        Assert.DoesNotContain(station.Queries.Skip(before), q => q.Message.Questions.Any(p => p != Browse));
    }

    [Fact]
    public void OnMessage_HostWithoutIPv6SaysSo_IsNotAskedForIt()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(30);
        IReadOnlyList<DnsRecord> records = TestNodes.Records(TestNodes.Of(9));
        _segment.Inject(Tell(records[0], records[1], records[2],
            MdnsRecords.OnlyTypes(MdnsRecords.HostOf(TestNodes.Id(9)), [DnsType.A])));
        _segment.RunUntil(30.5);
        Assert.Equal([DnsType.A], station.Queries.Last().Message.Questions.Select(q => q.Type));
    }

    [Fact]
    public void OnMessage_NewAddress_ReplacesTheOldASecondLater()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(3);
        IPAddress before = IPAddress.Parse("192.0.2.1"), after = IPAddress.Parse("192.0.2.2");
        _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(9, before))]));
        _segment.RunUntil(3.5);
        // Within a second of each other: one host's addresses in two packets (§10.2).
        _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(9, after))]));
        _segment.RunUntil(6);
        Assert.Equal([before, after], station.Node(9).Addresses);
        _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(9, after))]));
        _segment.RunUntil(6.9);
        Assert.Equal([before, after], station.Node(9).Addresses);
        _segment.RunUntil(7.1);
        Assert.Equal([after], station.Node(9).Addresses);
        Assert.Equal(0, station.LostCount);
    }

    [Fact]
    public void OnMessage_NewPortOrMesh_ReplacesTheOldAtOnce()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(3);
        _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(9))]));
        _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(9) with { Port = 99, Mesh = "00000000000000ff" })]));
        Assert.Equal((99, "00000000000000ff"), (station.Node(9).Port, station.Node(9).Mesh));
        Assert.Equal(0, station.LostCount);
    }

    [Fact]
    public void OnMessage_ForeignHostAndInstanceNames_AreUnderstoodByWhatTheySay()
    {
        // As another program publishes it: names of its own, other keys too.
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(3);
        var instance = new DnsName("Kitchen: tore (2).x", "_tore", "_tcp", "local");
        var host = new DnsName("kitchen", "local");
        _segment.Inject(Tell(
            MdnsRecords.Address(host, IPAddress.Parse("fe80::1")),
            new DnsRecord(instance, false, 4500, DnsData.Text.Of(
                "note=hello", $"ID={TestNodes.Id(9)}", $"mesh={TestNodes.Mesh}", "wire=1-3")),
            MdnsRecords.Service(instance, host, 7700),
            MdnsRecords.Pointer(instance)));
        MdnsNode node = station.Node(9);
        Assert.Equal((7700, (ushort)1, (ushort)3), (node.Port, node.Wire.Lowest, node.Wire.Highest));
        // Link-local addresses mean nothing without the interface.
        Assert.Equal("fe80::1%7", Assert.Single(node.Addresses).ToString());
    }

    [Theory]
    [InlineData("id=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=1", true)]
    [InlineData("ID=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=1|new=x||=no key", true)]
    [InlineData("id=00000009-0000-0000-0000-000000000000|id=nonsense|mesh=0123456789abcdef|wire=1", true)]
    [InlineData("id|id=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=1", false)]
    [InlineData("id=00000009-0000-0000-0000-000000000000|mesh=0123456789ABCDEF|wire=1", false)]
    [InlineData("id=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=-1", false)]
    [InlineData("id=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=3-1", false)]
    [InlineData("id=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=70000", false)]
    [InlineData("mesh=0123456789abcdef|wire=1", false)]
    [InlineData("", false)]
    public void OnMessage_TextRecord_MustMakeSense(string text, bool found)
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(3);
        DnsRecord[] records = [.. TestNodes.Records(TestNodes.Of(9))];
        records[2] = records[2] with { Data = DnsData.Text.Of(text.Split('|')) };
        _segment.Inject(Tell(records));
        Assert.Equal(found, station.Knows(9));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("ff02::fb")]
    [InlineData("::ffff:127.0.0.1")]
    public void OnMessage_AddressThatIsNoPeers_IsNotTold(string address)
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(3);
        _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(9, IPAddress.Parse(address)))]));
        Assert.Empty(station.Known);
        _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(9, IPAddress.Parse(address), IPAddress.Parse("10.0.3.3")))]));
        Assert.Equal([IPAddress.Parse("10.0.3.3")], station.Node(9).Addresses);
    }

    [Fact]
    public void OnMessage_ResponseFromAnotherPortOrToUsAlone_IsIgnored()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(3);
        DnsMessage tale = Tell([.. TestNodes.Records(TestNodes.Of(9))]);
        _segment.Inject(tale, new IPEndPoint(TestNodes.Address(9), 5354));
        _segment.Inject(tale, to: station);
        Assert.Empty(station.Known);
    }

    [Fact]
    public void OnMessage_KnownAnswersOfAQuery_AreNotBelieved()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(3);
        _segment.Inject(new DnsMessage { IsResponse = false, Questions = [Browse], Answers = TestNodes.Records(TestNodes.Of(9)) });
        Assert.Empty(station.Known);
    }

    [Fact]
    public void OnMessage_FloodOfInventedNodes_IsBoundedAndMakesRoomForOthers()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(3);
        for (int i = 10; i < 3000; i++)
        {
            _segment.Inject(Tell([.. TestNodes.Records(TestNodes.Of(i))]));
        }
        Assert.Equal(Limits.MdnsNodes, station.Known.Count);
        Segment.Station other = _segment.Join(2);
        _segment.RunUntil(6);
        Assert.Equal(Limits.MdnsNodes, station.Known.Count);
        Assert.True(station.Knows(2));
        Assert.True(other.Knows(1));
    }

    [Fact]
    public void OnMessage_FloodOfPointers_CausesFewQuestions()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(60);
        int before = station.Sent.Count;
        for (int i = 10; i < 3000; i++)
        {
            _segment.Inject(Tell(MdnsRecords.Pointer(MdnsRecords.InstanceOf(TestNodes.Id(i)))));
        }
        _segment.RunUntil(80);
        Assert.InRange(station.Sent.Count - before, 1, 22 * Limits.MdnsQueriesPerSecond);
        _segment.RunUntil(200);
        before = station.Sent.Count;
        _segment.RunUntil(220);
        Assert.InRange(station.Sent.Count - before, 0, 3);
    }
}
