using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Mdns;

public sealed class MdnsCoreTests
{
    private readonly Segment _segment = new();

    [Fact]
    public void Start_ThreeNodes_FindEachOther()
    {
        Segment.Station[] stations = [_segment.Join(1), _segment.Join(2), _segment.Join(3)];
        _segment.RunUntil(TimeSpan.FromSeconds(3));
        Assert.All(stations, s => Assert.Equal(2, s.Known.Count));
        Assert.Equal([IPAddress.Loopback], stations[0].Known[TestNodes.Id(3)].Addresses);
        Assert.Equal(7603, stations[0].Known[TestNodes.Id(3)].Port);
    }

    [Fact]
    public void Start_LateJoiner_IsFoundAndFindsAtOnce()
    {
        Segment.Station first = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromSeconds(200));
        Segment.Station second = _segment.Join(2);
        _segment.RunUntil(TimeSpan.FromSeconds(202));
        Assert.Contains(TestNodes.Id(2), first.Known);
        Assert.Contains(TestNodes.Id(1), second.Known);
    }

    [Fact]
    public void Start_Alone_ProbesThreeTimesBeforeItAnnouncesTwice()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromSeconds(10));
        string[] own = [.. station.Sent.Where(s => s.Message.IsResponse || s.Message.Authorities.Count > 0)
            .Select(s => s.Message.IsResponse ? "announce" : "probe")];
        Assert.Equal(["probe", "probe", "probe", "announce", "announce"], own.Take(5));
        TimeSpan[] probes = [.. station.Sent.Where(s => s.Message.Authorities.Count > 0).Select(s => s.At)];
        Assert.Equal(TimeSpan.FromMilliseconds(250), probes[1] - probes[0]);
    }

    [Fact]
    public void OnMessage_QuestionWhileProbing_IsNotAnswered()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromMilliseconds(300));
        _segment.Inject(Browse());
        Assert.DoesNotContain(station.Sent, s => s.Message.IsResponse);
    }

    [Fact]
    public void OnMessage_FloodOfQuestions_IsAnsweredOnceASecond()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromSeconds(20));
        int before = station.Sent.Count(s => s.Message.IsResponse);
        for (int i = 0; i < 1000; i++)
        {
            _segment.RunUntil(TimeSpan.FromMilliseconds(20_000 + (5 * i)));
            _segment.Inject(Browse());
        }
        Assert.InRange(station.Sent.Count(s => s.Message.IsResponse) - before, 4, 6);
    }

    [Theory]
    [InlineData("_services", "_dns-sd", "_udp", "Ptr", true)]
    [InlineData("_http", "_tcp", null, "Ptr", false)]
    [InlineData("_tore", "_tcp", null, "Srv", false)]
    public void OnMessage_Question_IsAnsweredWhenItIsAboutUs(string a, string b, string? c, string type, bool answered)
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromSeconds(20));
        int before = station.Sent.Count(s => s.Message.IsResponse);
        var name = new DnsName([.. new[] { a, b, c, "local" }.OfType<string>()]);
        _segment.Inject(new DnsMessage { IsResponse = false, Questions = [new DnsQuestion(name, Enum.Parse<DnsType>(type))] });
        _segment.RunUntil(TimeSpan.FromSeconds(22));
        Assert.Equal(answered, station.Sent.Count(s => s.Message.IsResponse) > before);
    }

    [Fact]
    public void Stop_Node_IsLostAtOnceEverywhere()
    {
        Segment.Station first = _segment.Join(1), second = _segment.Join(2);
        _segment.RunUntil(TimeSpan.FromSeconds(3));
        second.Core.Stop();
        _segment.RunUntil(TimeSpan.FromSeconds(3.1));
        Assert.Empty(first.Known);
        Assert.Null(second.Core.NextDeadline);
    }

    [Fact]
    public void OnTimer_SilentNode_IsLostWhenItsRecordsRunOut()
    {
        Segment.Station first = _segment.Join(1), second = _segment.Join(2);
        _segment.RunUntil(TimeSpan.FromSeconds(3));
        _segment.Unplug(second);
        _segment.RunUntil(TimeSpan.FromSeconds(100));
        Assert.Single(first.Known);
        _segment.RunUntil(TimeSpan.FromSeconds(130));
        Assert.Empty(first.Known);
    }

    [Fact]
    public void OnTimer_LivingNodes_KeepKnowingEachOther()
    {
        Segment.Station first = _segment.Join(1);
        _segment.Join(2);
        _segment.RunUntil(TimeSpan.FromSeconds(1000));
        Assert.Single(first.Known);
        Assert.Equal(0, first.LostCount);
        Assert.True(first.Sent.Count < 120, $"{first.Sent.Count} packets in 1000 s");
    }

    [Fact]
    public void OnMessage_PointerOnly_IsAskedAboutOnce()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromSeconds(60));
        int before = station.Sent.Count;
        for (int i = 0; i < 50; i++)
        {
            _segment.Inject(new DnsMessage { IsResponse = true, Answers = [MdnsRecords.Pointer(TestNodes.Of(9))] });
        }
        DnsQuestion asked = Assert.Single(Assert.Single(station.Sent.Skip(before)).Message.Questions);
        Assert.Equal(MdnsRecords.InstanceOf(TestNodes.Id(9)), asked.Name);
        Assert.Empty(station.Known);
    }

    [Fact]
    public void OnMessage_FloodOfInventedNodes_IsBounded()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromSeconds(3));
        for (int i = 10; i < 3000; i++)
        {
            MdnsNode node = TestNodes.Of(i, IPAddress.Loopback) with { Port = 1 };
            _segment.Inject(Tell(node));
        }
        // It hears itself, too, and keeps that like any other.
        Assert.Equal(Limits.MdnsNodes - 1, station.Known.Count);
    }

    [Theory]
    [InlineData("id=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=1", true)]
    [InlineData("ID=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=1|new=x", true)]
    [InlineData("id=00000008-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=1", false)]
    [InlineData("id=00000009-0000-0000-0000-000000000000|mesh=0123456789ABCDEF|wire=1", false)]
    [InlineData("id=00000009-0000-0000-0000-000000000000|mesh=0123456789abcdef|wire=-1", false)]
    [InlineData("mesh=0123456789abcdef|wire=1", false)]
    [InlineData("", false)]
    public void OnMessage_TextRecord_MustMakeSense(string text, bool found)
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromSeconds(3));
        MdnsNode node = TestNodes.Of(9, IPAddress.Loopback);
        DnsMessage message = Tell(node);
        _segment.Inject(message with
        {
            Answers = [.. message.Answers.Select(a => a.Data is DnsData.Text ? a with { Data = new DnsData.Text(text.Split('|')) } : a)],
        });
        Assert.Equal(found, station.Known.ContainsKey(node.Node));
    }

    [Fact]
    public void OnMessage_NewAddress_ReplacesTheOldAndIsTold()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(TimeSpan.FromSeconds(3));
        _segment.Inject(Tell(TestNodes.Of(9, IPAddress.Parse("192.0.2.1"))));
        _segment.Inject(Tell(TestNodes.Of(9, IPAddress.Parse("192.0.2.2"))));
        Assert.Equal([IPAddress.Parse("192.0.2.2")], station.Known[TestNodes.Id(9)].Addresses);
        Assert.Equal(2, station.FoundCount);
    }

    private static DnsMessage Browse() => new() { IsResponse = false, Questions = [new DnsQuestion(MdnsRecords.ServiceType, DnsType.Ptr)] };

    private static DnsMessage Tell(MdnsNode node) => new()
    {
        IsResponse = true,
        Answers = [MdnsRecords.Pointer(node), MdnsRecords.Service(node), MdnsRecords.Text(node)],
        Additionals = [.. MdnsRecords.Addresses(node)],
    };
}
