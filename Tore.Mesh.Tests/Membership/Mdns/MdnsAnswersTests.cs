using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;
using static Tore.Mesh.Tests.Membership.Mdns.MdnsClaimTests;

namespace Tore.Mesh.Tests.Membership.Mdns;

/// <summary>What is answered when, to whom: RFC 6762 §5.4, §6 and §7.</summary>
public sealed class MdnsAnswersTests
{
    private static readonly IPEndPoint Asker = new(TestNodes.Address(77), MdnsSource.Port);
    private static readonly IPEndPoint Client = new(TestNodes.Address(77), 40_000);

    private readonly Segment _segment = new();
    private readonly Segment.Station _station;
    private readonly int _before;

    public MdnsAnswersTests()
    {
        _station = _segment.Join(1);
        _segment.RunUntil(20);
        _before = _station.Responses.Count();
    }

    private (TimeSpan At, DnsMessage Message)[] Answers => [.. _station.Responses.Skip(_before)];

    private DnsName Host => _station.Core.Host;

    private DnsName Instance => _station.Core.Instance;

    [Fact]
    public void Ask_SharedRecord_IsAnsweredAfter20To120MillisecondsWithAllThatFollows()
    {
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr), Asker);
        _segment.RunUntil(21);
        (TimeSpan at, DnsMessage message) = Assert.Single(Answers);
        Assert.InRange(at.TotalMilliseconds, 20_020, 20_120);
        Assert.Equal([DnsType.Ptr], message.Answers.Select(a => a.Type));
        Assert.Equal([DnsType.Srv, DnsType.Txt, DnsType.A, DnsType.Nsec], message.Additionals.Select(a => a.Type));
    }

    [Fact]
    public void Ask_UniqueRecord_IsAnsweredAtOnce()
    {
        _segment.Inject(Ask(Host, DnsType.A), Asker);
        _segment.RunUntil(21);
        (TimeSpan at, DnsMessage message) = Assert.Single(Answers);
        Assert.Equal(20, at.TotalSeconds);
        Assert.Equal(TestNodes.Address(1), ((DnsData.Address)Assert.Single(message.Answers).Data).Value);
    }

    [Theory]
    [InlineData("_services._dns-sd._udp.local", "Ptr", "_tore._tcp.local.")]
    [InlineData("_tore._tcp.local", "Any", "{0}")]
    [InlineData("_http._tcp.local", "Ptr", null)]
    [InlineData("_tore._tcp.local", "Srv", null)]
    [InlineData("other.local", "A", null)]
    public void Ask_Anything_IsAnsweredWhenItIsOurs(string name, string type, string? target)
    {
        _segment.Inject(Ask(new DnsName(name.Split('.')), Enum.Parse<DnsType>(type)), Asker);
        _segment.RunUntil(22);
        if (target is null)
        {
            Assert.Empty(Answers);
            return;
        }
        var pointer = (DnsData.Pointer)Assert.Single(Assert.Single(Answers).Message.Answers).Data;
        Assert.Equal(target.Replace("{0}", Instance.ToString(), StringComparison.Ordinal), pointer.Target.ToString());
    }

    [Theory]
    [InlineData(true, "Aaaa", "A")]
    [InlineData(true, "Srv", "A")]
    [InlineData(false, "A", "Txt Srv")]
    public void Ask_TypeThatANameOfOursHasNot_IsDeniedByNsec(bool host, string asked, string has)
    {
        DnsName name = host ? Host : Instance;
        _segment.Inject(Ask(name, Enum.Parse<DnsType>(asked)), Asker);
        _segment.RunUntil(21);
        DnsRecord denial = Assert.Single(Assert.Single(Answers).Message.Answers);
        Assert.True(denial.IsUnique);
        Assert.Equal(name, denial.Name);
        Assert.Equal(new DnsData.OnlyTypes(name, [.. has.Split(' ').Select(Enum.Parse<DnsType>)]), denial.Data);
    }

    [Fact]
    public void Ask_AnyOfAName_GivesAllOfIt()
    {
        _segment.Inject(Ask(Instance, DnsType.Any), Asker);
        _segment.RunUntil(21);
        Assert.Equal([DnsType.Srv, DnsType.Txt], Assert.Single(Answers).Message.Answers.Select(a => a.Type));
    }

    [Fact]
    public void Ask_SeveralAtOnce_IsAnsweredInOnePacket()
    {
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr), Asker);
        _segment.Inject(Ask(MdnsRecords.AllTypes, DnsType.Ptr), new IPEndPoint(TestNodes.Address(78), MdnsSource.Port));
        _segment.RunUntil(21);
        Assert.Equal(2, Assert.Single(Answers).Message.Answers.Count);
    }

    [Fact]
    public void Ask_FloodOfQuestions_IsAnsweredOnceASecond()
    {
        for (int i = 0; i < 1000; i++)
        {
            _segment.RunUntil(20 + (0.005 * i));
            _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr), Asker);
            _segment.Inject(Ask(Host, DnsType.A), Asker);
        }
        foreach (DnsType type in (DnsType[])[DnsType.Ptr, DnsType.A, DnsType.Srv])
        {
            TimeSpan[] told = [.. _station.Told(type).Where(t => t.TotalSeconds >= 20)];
            Assert.InRange(told.Length, 4, 6);
            Assert.All(told.Zip(told.Skip(1)), p => Assert.True(p.Second - p.First >= TimeSpan.FromSeconds(1), $"{type}: {p}"));
        }
    }

    [Fact]
    public void Ask_Probe_IsDefendedWithinAQuarterOfASecond()
    {
        _segment.Inject(Ask(Host, DnsType.A), Asker);
        _segment.RunUntil(20.1);
        _segment.Inject(Ask(Host, DnsType.Any) with { Authorities = [MdnsRecords.Address(Host, IPAddress.Parse("10.0.9.9"))] }, Asker);
        _segment.RunUntil(21);
        TimeSpan[] told = [.. Answers.Select(a => a.At)];
        Assert.Equal(2, told.Length);
        Assert.Equal(TimeSpan.FromMilliseconds(250), told[1] - told[0]);
    }

    [Theory]
    [InlineData(2250, true)]
    [InlineData(2249, false)]
    public void Ask_WithKnownAnswer_IsNotAnsweredWhenHalfItsLifeIsLeft(int lifetime, bool known)
    {
        DnsRecord pointer = MdnsRecords.Pointer(Instance) with { LifetimeSeconds = (uint)lifetime };
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr) with { Answers = [pointer] }, Asker);
        _segment.RunUntil(22);
        Assert.Equal(known ? 0 : 1, Answers.Length);
    }

    [Fact]
    public void Ask_KnownAnswersInSeveralPackets_AreAwaited()
    {
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr) with { IsTruncated = true }, Asker);
        _segment.RunUntil(20.3);
        _segment.Inject(new DnsMessage { IsResponse = false, IsTruncated = true }, Asker);
        _segment.RunUntil(20.6);
        Assert.Empty(Answers);
        _segment.Inject(new DnsMessage { IsResponse = false, Answers = [MdnsRecords.Pointer(Instance)] }, Asker);
        _segment.RunUntil(23);
        Assert.Empty(Answers);
    }

    [Fact]
    public void Ask_KnownAnswersOfAnotherOrNone_LeaveTheAnswer()
    {
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr) with { IsTruncated = true }, Asker);
        _segment.Inject(new DnsMessage { IsResponse = false, Answers = [MdnsRecords.Pointer(Instance)] },
            new IPEndPoint(TestNodes.Address(78), MdnsSource.Port));
        _segment.RunUntil(23);
        Assert.InRange(Assert.Single(Answers).At.TotalMilliseconds, 20_400, 20_500);
    }

    [Fact]
    public void Ask_MoreToFollowForEver_IsAnsweredAtLast()
    {
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr) with { IsTruncated = true }, Asker);
        for (int i = 1; i < 20; i++)
        {
            _segment.RunUntil(20 + (0.2 * i));
            _segment.Inject(new DnsMessage { IsResponse = false, IsTruncated = true }, Asker);
        }
        Assert.InRange(Assert.Single(Answers).At.TotalSeconds, 21.5, 22.1);
    }

    [Fact]
    public void Ask_TwoAskers_OneKnowsButTheOtherIsAnswered()
    {
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr) with { IsTruncated = true }, Asker);
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr), new IPEndPoint(TestNodes.Address(78), MdnsSource.Port));
        _segment.Inject(new DnsMessage { IsResponse = false, Answers = [MdnsRecords.Pointer(Instance)] }, Asker);
        _segment.RunUntil(21);
        Assert.InRange(Assert.Single(Answers).At.TotalMilliseconds, 20_020, 20_120);
    }

    [Theory]
    [InlineData(4500, 0)]
    [InlineData(4000, 1)]
    public void Ask_SameAnswerByAnother_IsNotRepeated(int lifetime, int answers)
    {
        _segment.Inject(Ask(MdnsRecords.AllTypes, DnsType.Ptr), Asker);
        _segment.Inject(Tell(MdnsRecords.TypePointer with { LifetimeSeconds = (uint)lifetime }));
        _segment.RunUntil(22);
        Assert.Equal(answers, Answers.Length);
    }

    [Fact]
    public void Ask_SameAnswerToUsAlone_IsNotTakenForAnAnswerToAll()
    {
        _segment.Inject(Ask(MdnsRecords.AllTypes, DnsType.Ptr), Asker);
        _segment.Inject(Tell(MdnsRecords.TypePointer), to: _station);
        _segment.RunUntil(22);
        Assert.Single(Answers);
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(59u, true)]
    [InlineData(60u, false)]
    public void Told_OurRecordByAnotherForAShortTime_IsToldByUsForItsWholeTime(uint lifetime, bool told)
    {
        _segment.Inject(Tell(MdnsRecords.Address(Host, TestNodes.Address(1)) with { LifetimeSeconds = lifetime }));
        _segment.RunUntil(22);
        Assert.Equal(told, Answers.Length == 1 && Answers[0].Message.Answers[0].LifetimeSeconds == 120);
    }

    [Fact]
    public void AskUnicast_FreshRecord_GoesToTheAskerAlone()
    {
        _segment.Inject(Ask(Host, DnsType.A, unicast: true), Asker);
        _segment.RunUntil(21);
        Assert.Empty(Answers);
        (IPEndPoint to, DnsMessage message) = Assert.Single(_segment.Replies);
        Assert.Equal(Asker, to);
        Assert.Equal(120u, message.Answers[0].LifetimeSeconds);
        Assert.True(message.Answers[0].IsUnique);
    }

    [Fact]
    public void AskUnicast_NotToldToAllForAQuarterOfItsLife_GoesToAll()
    {
        _segment.RunUntil(60);
        _segment.Inject(Ask(Host, DnsType.A, unicast: true), Asker);
        _segment.RunUntil(61);
        Assert.Empty(_segment.Replies);
        Assert.Single(Answers);
    }

    [Fact]
    public void AskUnicast_SentToUsAlone_IsAnsweredToTheAskerWhenItIsOfOurNetwork()
    {
        _segment.RunUntil(60);
        _segment.Inject(Ask(Host, DnsType.A), Asker, to: _station);
        _segment.Inject(Ask(Host, DnsType.A), new IPEndPoint(IPAddress.Parse("192.0.2.1"), MdnsSource.Port), to: _station);
        _segment.RunUntil(61);
        Assert.Empty(Answers);
        Assert.Equal(Asker, Assert.Single(_segment.Replies).To);
    }

    [Fact]
    public void AskLegacy_OrdinaryClient_GetsAnOrdinaryAnswer()
    {
        _segment.Inject(Ask(Instance, DnsType.Srv) with { Id = 0xbeef }, Client);
        _segment.RunUntil(21);
        Assert.Empty(Answers);
        (IPEndPoint to, DnsMessage message) = Assert.Single(_segment.Replies);
        Assert.Equal(Client, to);
        Assert.Equal(0xbeef, message.Id);
        Assert.Equal(new DnsQuestion(Instance, DnsType.Srv), Assert.Single(message.Questions));
        Assert.Equal([DnsType.Srv], message.Answers.Select(a => a.Type));
        Assert.Equal([DnsType.A], message.Additionals.Select(a => a.Type));
        Assert.All(message.Answers.Concat(message.Additionals), r => Assert.True(r is { IsUnique: false, LifetimeSeconds: 10 }));
    }

    [Fact]
    public void AskLegacy_FromAfar_IsIgnored()
    {
        _segment.Inject(Ask(Host, DnsType.A), new IPEndPoint(IPAddress.Parse("192.0.2.1"), 40_000));
        _segment.RunUntil(22);
        Assert.Empty(Answers);
        Assert.Empty(_segment.Replies);
    }

    [Fact]
    public void AskLegacy_Flood_IsAnsweredWithinALimit()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _segment.RunUntil(20 + (0.001 * i));
            _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr), Client);
        }
        Assert.InRange(_segment.Replies.Count, 10 * Limits.MdnsRepliesPerAsker, 13 * Limits.MdnsRepliesPerAsker);
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr), new IPEndPoint(TestNodes.Address(78), 40_000));
        _segment.RunUntil(31);
        Assert.Equal(TestNodes.Address(78), _segment.Replies[^1].To.Address);
    }

    [Fact]
    public void AskLegacy_FloodOfForgedAskers_IsAnsweredWithinALimit()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _segment.RunUntil(20 + (0.001 * i));
            _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr), new IPEndPoint(TestNodes.Address(2000 + i), 40_000));
        }
        Assert.InRange(_segment.Replies.Count, 10 * Limits.MdnsRepliesPerAsker, 13 * Limits.MdnsRepliesPerSecond);
    }

    [Fact]
    public void AskUnicast_Flood_IsAnsweredToAllBeyondTheLimit()
    {
        for (int i = 0; i < 100; i++)
        {
            _segment.Inject(Ask(Host, DnsType.A, unicast: true), Asker);
        }
        _segment.RunUntil(21);
        Assert.Equal(2 * Limits.MdnsRepliesPerAsker, _segment.Replies.Count);
        Assert.Single(Answers);
    }

    [Fact]
    public void OnAddressesChanged_OldOnesAreTakenBackAndNewOnesToldWithoutProbing()
    {
        IPAddress added = IPAddress.Parse("fe80::5");
        int probes = _station.Probes.Count();
        _station.Core.OnAddressesChanged([added], _segment.Now);
        _segment.RunUntil(25);
        Assert.Equal(probes, _station.Probes.Count());
        DnsRecord goodbye = Assert.Single(Answers[0].Message.Answers);
        Assert.Equal((0u, new DnsData.Address(TestNodes.Address(1))), (goodbye.LifetimeSeconds, goodbye.Data));
        Assert.Equal(2, Answers.Count(a => a.Message.Answers.Any(r => r.Data.Equals(new DnsData.Address(added)))));
    }

    [Fact]
    public void Stop_Node_TakesBackItsOwnRecordsOnly()
    {
        _station.Core.Stop(_segment.Now);
        DnsMessage goodbye = Assert.Single(Answers).Message;
        Assert.All(goodbye.Answers, a => Assert.Equal(0u, a.LifetimeSeconds));
        Assert.Equal([DnsType.Ptr, DnsType.Srv, DnsType.Txt, DnsType.A], goodbye.Answers.Select(a => a.Type));
        Assert.DoesNotContain(goodbye.Answers, a => a.Name.Equals(MdnsRecords.AllTypes));
        Assert.Null(_station.Core.NextDeadline);
    }

    [Fact]
    public void Announce_ManyAddresses_AreToldInPacketsThatFitAFrame()
    {
        IPAddress[] many = [.. Enumerable.Range(1, Limits.NodeAddresses + 5)
            .Select(i => new IPAddress([0xfe, 0x80, .. new byte[13], (byte)i]))];
        _station.Core.OnAddressesChanged(many, _segment.Now);
        _segment.RunUntil(20.1);
        byte[] packet = new byte[Limits.MdnsSendBytes];
        Assert.All(Answers, a => Assert.True(DnsWriter.TryWrite(a.Message, packet, out _)));
        Assert.Equal(Limits.NodeAddresses, Answers.SelectMany(a => a.Message.Answers).Count(r => r.Type == DnsType.Aaaa));
    }
}
