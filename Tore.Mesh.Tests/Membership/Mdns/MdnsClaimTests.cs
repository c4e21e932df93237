using System.Net;
using Tore.Mesh.Membership.Mdns;

namespace Tore.Mesh.Tests.Membership.Mdns;

/// <summary>How a node comes by its names: RFC 6762 §8 and §9.</summary>
public sealed class MdnsClaimTests
{
    private readonly Segment _segment = new();

    [Fact]
    public void Start_Alone_ProbesThreeTimesBeforeItAnnouncesTwice()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(10);
        (TimeSpan At, DnsMessage Message)[] own = [.. station.Sent.Where(s => s.Message.IsResponse || s.Message.Authorities.Count > 0)];
        Assert.Equal([false, false, false, true, true], own.Select(s => s.Message.IsResponse));
        Assert.Equal([0.25, 0.25, 0.25, 1], own.Zip(own.Skip(1), (a, b) => (b.At - a.At).TotalSeconds));
        Assert.InRange(own[0].At.TotalMilliseconds, 0, 250);
    }

    [Fact]
    public void Start_Probe_AsksForBothNamesAndShowsItsRecords()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(1);
        DnsMessage probe = station.Probes.First().Message;
        Assert.Equal([station.Core.Instance, station.Core.Host], probe.Questions.Select(q => q.Name));
        Assert.All(probe.Questions, q => Assert.Equal(DnsType.Any, q.Type));
        Assert.Equal([DnsType.Srv, DnsType.Txt, DnsType.A], probe.Authorities.Select(a => a.Type));
        // The cache-flush bit means nothing outside of answers (§10.2).
        Assert.DoesNotContain(probe.Authorities, a => a.IsUnique);
    }

    [Fact]
    public void Announce_UniqueRecords_ReplaceOlderOnesAndSharedDoNot()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(1.2);
        DnsMessage told = station.Responses.First().Message;
        Assert.Equal([DnsType.Ptr, DnsType.Srv, DnsType.Txt, DnsType.A, DnsType.Ptr], told.Answers.Select(a => a.Type));
        Assert.All(told.Answers, a => Assert.Equal(a.Type != DnsType.Ptr, a.IsUnique));
        Assert.Equal([4500u, 120u, 4500u, 120u, 4500u], told.Answers.Select(a => a.LifetimeSeconds));
        Assert.Empty(told.Questions);
    }

    [Fact]
    public void OnMessage_QuestionWhileProbing_IsNotAnswered()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(0.3);
        _segment.Inject(Ask(MdnsRecords.ServiceType, DnsType.Ptr));
        _segment.RunUntil(0.5);
        Assert.Empty(station.Responses);
    }

    [Fact]
    public void Start_NameIsTaken_TakesTheNextAndSoOn()
    {
        // The same id on another machine: a copied key.
        Segment.Station owner = _segment.Join(1, host: 11);
        _segment.RunUntil(5);
        Segment.Station late = _segment.Join(1, host: 12);
        _segment.RunUntil(15);
        Assert.Equal(MdnsRecords.InstanceOf(TestNodes.Id(1)), owner.Core.Instance);
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(1)), owner.Core.Host);
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(1), 2), late.Core.Host);
        Assert.True(owner.Core.IsOwner && late.Core.IsOwner);
        Segment.Station last = _segment.Join(1, host: 13);
        _segment.RunUntil(40);
        Assert.True(last.Core.IsOwner);
        Assert.Equal(3, new[] { owner.Core.Host, late.Core.Host, last.Core.Host }.Distinct().Count());
    }

    [Fact]
    public void Start_ForeignHostHasTheName_OnlyThatNameChanges()
    {
        Segment.Station station = _segment.Join(1);
        DnsName wanted = station.Core.Host;
        _segment.RunUntil(0.3);
        _segment.Inject(Tell(MdnsRecords.Address(wanted, IPAddress.Parse("10.0.9.9"))));
        _segment.RunUntil(5);
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(1), 2), station.Core.Host);
        Assert.Equal(MdnsRecords.InstanceOf(TestNodes.Id(1)), station.Core.Instance);
        Assert.True(station.Core.IsOwner);
        DnsRecord service = station.Responses.Last().Message.Answers.Single(a => a.Type == DnsType.Srv);
        Assert.Equal(station.Core.Host, ((DnsData.Service)service.Data).Host);
    }

    [Fact]
    public void OnMessage_RecordOfAnyTypeUnderAWantedName_IsAConflict()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(0.3);
        _segment.Inject(Tell(new DnsRecord(station.Core.Host, true, 120, new DnsData.Other((DnsType)13, new byte[] { 1, (byte)'x', 0 }))));
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(1), 2), station.Core.Host);
    }

    [Theory]
    [InlineData(255, 1, "the lesser address yields for a second and probes for the same names")]
    [InlineData(1, 0, "the greater goes on")]
    public void Start_SomebodyProbesForTheSameName_TheLexicographicallyLaterWins(byte lastByte, double yields, string why)
    {
        Segment.Station station = _segment.Join(5);
        _segment.RunUntil(0.3);
        TimeSpan last = station.Probes.Last().At;
        _segment.Inject(new DnsMessage
        {
            IsResponse = false,
            Questions = [new DnsQuestion(station.Core.Host, DnsType.Any)],
            Authorities = [MdnsRecords.Address(station.Core.Host, new IPAddress([10, 0, 0, lastByte]))],
        });
        _segment.RunUntil(10);
        TimeSpan next = station.Probes.First(p => p.At > last).At;
        Assert.True((next - last).TotalSeconds >= yields && (yields > 0) == (next - last > TimeSpan.FromSeconds(0.25)), why);
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(5)), station.Core.Host);
        Assert.True(station.Core.IsOwner);
    }

    [Fact]
    public void Start_TwoOfOneNameAtOnce_OneWinsAndTheOtherIsRenamed()
    {
        Segment.Station low = _segment.Join(1, host: 20), high = _segment.Join(1, host: 21);
        _segment.RunUntil(15);
        Assert.True(low.Core.IsOwner && high.Core.IsOwner);
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(1)), high.Core.Host);
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(1), 2), low.Core.Host);
    }

    [Fact]
    public void Start_WinnerOfTiesThatNeverAnswers_IsPassedByWithAnotherName()
    {
        Segment.Station station = _segment.Join(5);
        DnsName wanted = station.Core.Host;
        for (int i = 1; i < 60; i++)
        {
            _segment.RunUntil(0.2 * i);
            _segment.Inject(new DnsMessage
            {
                IsResponse = false,
                Questions = [new DnsQuestion(wanted, DnsType.Any)],
                Authorities = [MdnsRecords.Address(wanted, IPAddress.Parse("10.0.255.255"))],
            });
        }
        _segment.RunUntil(20);
        Assert.True(station.Core.IsOwner);
        Assert.NotEqual(wanted, station.Core.Host);
    }

    [Fact]
    public void OnMessage_ConflictAfterwards_ProbesAgainAndKeepsTheNameWhenNobodyDefendsTheOther()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(10);
        int probes = station.Probes.Count();
        _segment.Inject(Tell(MdnsRecords.Address(station.Core.Host, IPAddress.Parse("10.0.9.9"))));
        Assert.False(station.Core.IsOwner);
        _segment.RunUntil(20);
        Assert.Equal(probes + 3, station.Probes.Count());
        Assert.True(station.Core.IsOwner);
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(1)), station.Core.Host);
    }

    [Fact]
    public void OnMessage_TwoOwnersMeet_OneIsRenamed()
    {
        // Two networks are joined by a cable.
        Segment.Station first = _segment.Join(1, host: 20);
        _segment.RunUntil(5);
        _segment.Unplug(first);
        Segment.Station second = _segment.Join(1, host: 21);
        _segment.RunUntil(10);
        _segment.Plug(first);
        _segment.Inject(Ask(second.Core.Host, DnsType.A));
        _segment.RunUntil(40);
        Assert.True(first.Core.IsOwner && second.Core.IsOwner);
        Assert.NotEqual(first.Core.Host, second.Core.Host);
    }

    [Fact]
    public void OnMessage_OwnPacketsAndGoodbyesAndEqualRecords_AreNoConflict()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(5);
        _segment.Inject(Tell(MdnsRecords.Address(station.Core.Host, TestNodes.Address(1))));
        _segment.Inject(Tell(MdnsRecords.Address(station.Core.Host, IPAddress.Parse("10.0.9.9")) with { LifetimeSeconds = 0 }));
        Assert.True(station.Core.IsOwner);
    }

    [Fact]
    public void OnAddressesChanged_LatePacketWithTheOldAddress_IsNoConflict()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(5);
        station.Core.OnAddressesChanged([IPAddress.Parse("10.0.7.7")], _segment.Now);
        _segment.Inject(Tell(MdnsRecords.Address(station.Core.Host, TestNodes.Address(1))));
        Assert.True(station.Core.IsOwner);
    }

    [Fact]
    public void Start_TwoInterfacesOfOneNodeInOneNetwork_AreNoConflict()
    {
        var kin = new MdnsKin();
        Segment.Station wired = _segment.Join(1, host: 20, kin), wireless = _segment.Join(1, host: 21, kin);
        Segment.Station other = _segment.Join(2);
        _segment.RunUntil(30);
        Assert.Equal(wired.Core.Host, wireless.Core.Host);
        Assert.Equal(MdnsRecords.HostOf(TestNodes.Id(1)), wired.Core.Host);
        Assert.True(other.Knows(1));
        Assert.False(wired.Knows(1));
    }

    [Fact]
    public void OnMessage_ConflictsWithoutEnd_SlowDown()
    {
        Segment.Station station = _segment.Join(1);
        for (int i = 1; i <= 6000; i++)
        {
            _segment.RunUntil(0.01 * i);
            _segment.Inject(Tell(MdnsRecords.Address(station.Core.Host, IPAddress.Parse("10.0.9.9"))));
        }
        // Fifteen at once, then one in five seconds at the most (§8.1), were each answer to lead to one more.
        Assert.False(station.Core.IsOwner);
        Assert.True(station.Probes.Count() < 60, $"{station.Probes.Count()} probes in a minute");
        _segment.RunUntil(70);
        Assert.True(station.Core.IsOwner);
    }

    [Fact]
    public void OnNetworkChanged_Station_ProbesAnnouncesAndBrowsesAnew()
    {
        Segment.Station station = _segment.Join(1);
        _segment.RunUntil(1000);
        int before = station.Sent.Count;
        station.Core.OnNetworkChanged(_segment.Now);
        _segment.RunUntil(1003);
        DnsMessage[] sent = [.. station.Sent.Skip(before).Select(s => s.Message)];
        Assert.Equal(3, sent.Count(m => m.Authorities.Count > 0));
        Assert.Equal(2, sent.Count(m => m.IsResponse));
        Assert.Equal(2, sent.Count(m => m is { IsResponse: false, Authorities.Count: 0 }));
    }

    [Fact]
    public void OnTimer_InterfaceThatTakesNothingYet_IsTriedUntilItDoes()
    {
        Segment.Station station = _segment.Join(1), other = _segment.Join(2);
        station.IsDeaf = true;
        _segment.RunUntil(5);
        station.IsDeaf = false;
        _segment.RunUntil(10);
        Assert.Equal(3, station.Probes.Count());
        Assert.True(other.Knows(1));
        Assert.True(station.Knows(2));
    }

    internal static DnsMessage Ask(DnsName name, DnsType type, bool unicast = false) =>
        new() { IsResponse = false, Questions = [new DnsQuestion(name, type, unicast)] };

    internal static DnsMessage Tell(params DnsRecord[] records) => new() { IsResponse = true, Answers = records };
}
