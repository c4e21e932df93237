using System.Buffers;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Tests.Wire;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Replication;

public sealed class CapabilityIndexTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Start_AllLinked_EverybodyKnowsEverybodyAtOnce()
    {
        Region region = Started(6);
        region.RunFor(Soon);
        AssertEqual(region);
    }

    [Fact]
    public void OnOwnChanged_IsSentToEveryLinkAtOnce_AndToNobodyAgain()
    {
        Region region = Quiet(6);
        region.Nodes[0].Change(info => info with { IsDraining = true });
        region.RunFor(Soon);
        AssertEqual(region);
        Assert.All(region.Nodes.Skip(1), n => Assert.Contains(region.Nodes[0].Id, n.Changed));
        Assert.Equal(5, Sent(region, MessageType.CapabilityRecords));
    }

    [Fact]
    public void OnOwnChanged_NothingNew_SaysNothing()
    {
        Region region = Quiet(3);
        region.Nodes[0].Change(info => info with { Models = [] });
        Assert.Empty(region.Nodes[0].Sent);
    }

    [Fact]
    public void Compare_NodesWithoutALink_LearnOfEachOtherWithinARound()
    {
        var region = new Region(seed: 3, nodes: 4);
        region.Nodes.ToList().ForEach(n => n.Start(1));
        for (int i = 1; i < 4; i++)
        {
            region.Link(region.Nodes[0], region.Nodes[i]);
        }
        region.RunFor(TimeSpan.FromSeconds(90));
        AssertEqual(region);
    }

    [Fact]
    public void Compare_EqualIndexes_CostOneSmallMessage()
    {
        Region region = Quiet(5);
        region.RunFor(TimeSpan.FromMinutes(10));
        Assert.Equal(5 * 20, Sent(region, MessageType.CapabilityDigest));
        Assert.Equal(5 * 20, region.Nodes.Sum(n => n.Sent.Count));
        Assert.All(region.Nodes.SelectMany(n => n.Sent), m => Assert.InRange(m.Body.Length, 1, 40));
    }

    [Fact]
    public void Compare_ManyRecords_ComeInBatchesAndMessagesOfBoundedSize()
    {
        var region = new Region(seed: 4, nodes: 2);
        region.Nodes.ToList().ForEach(n => n.Start(1));
        CapabilityRecord[] records = [.. Enumerable.Range(100, 3_000).Select(n => new Author(n).Record(1, 1))];
        for (int i = 0; i < records.Length; i++)
        {
            region.Nodes.ToList().ForEach(n => n.Index.OnMember(records[i].Node, new Author(100 + i).Key, region.Moment));
        }
        // Each has every second one; the first must pull, and offer what the other lacks.
        for (int i = 0; i < 2; i++)
        {
            foreach (CapabilityRecord[] part in records.Where((_, at) => at % 2 == i).Chunk(1000))
            {
                Give(region, region.Nodes[i], region.Nodes[1 - i].Id, part);
            }
        }
        region.Link(region.Nodes[0], region.Nodes[1]);
        region.RunFor(TimeSpan.FromSeconds(10));
        AssertEqual(region);
        IEnumerable<Region.Mail> sent = region.Nodes.SelectMany(n => n.Sent);
        Assert.All(sent, m => Assert.InRange(m.Body.Length, 1, Limits.CapabilityMessageBytes + 1024));
        Assert.InRange(Sent(region, MessageType.CapabilityRequest), 2 * (1500 / 64), (2 * (1500 / 64)) + 4);
        Assert.Equal(2 + 2, Sent(region, MessageType.CapabilitySummary));
    }

    [Fact]
    public void OnMemberGone_TheRecordGoes_AndComesBackWithTheMember()
    {
        Region region = Quiet(3);
        Region.Node[] n = [.. region.Nodes];
        n[0].Index.OnMemberGone(n[1].Id);
        Assert.Null(n[0].Index.InfoOf(n[1].Id));
        Assert.Equal([n[1].Id], n[0].Changed);
        region.RunFor(TimeSpan.FromMinutes(2));
        Assert.Null(n[0].Index.InfoOf(n[1].Id));
        // It was not dead after all; the link never broke.
        n[0].Index.OnMember(n[1].Id, n[1].Author.Key, region.Moment);
        region.RunFor(Soon);
        AssertEqual(region);
    }

    [Fact]
    public void OnMember_AfterItsRecord_TakesTheOneKeptAside()
    {
        Region region = Quiet(2);
        var late = new Author(50);
        Give(region, region.Nodes[0], region.Nodes[1].Id, [late.Record(1, 1, slots: 7)]);
        Assert.Null(region.Nodes[0].Index.InfoOf(late.Id));
        region.Nodes[0].Index.OnMember(late.Id, late.Key, region.Moment);
        Assert.Equal(7, region.Nodes[0].Index.InfoOf(late.Id)!.Value.Slots);
        Assert.Equal([late.Id], region.Nodes[0].Changed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void RestartedNode_ThatForgot_GoesAboveWhatItHadSaid_AtOnce(ulong incarnation)
    {
        Region region = Quiet(4);
        Region.Node node = region.Nodes[2];
        node.Change(info => info with { Slots = 9 });
        region.RunFor(Soon);
        node.Start(incarnation);
        Region.Node one = region.Nodes[0];
        region.Link(node, one);
        region.RunFor(Soon);
        Assert.Equal("start 2", one.Index.InfoOf(node.Id)!.Value.Version);
        region.LinkAll();
        region.RunFor(Soon);
        AssertEqual(region);
    }

    [Fact]
    public void TwoProcessesWithOneKey_AreSeen_AndDoNotRaceEachOther()
    {
        Region region = Quiet(3);
        Region.Node node = region.Nodes[0], witness = region.Nodes[1];
        Give(region, witness, region.Nodes[2].Id, [node.Author.Record(1, 1, slots: 77)]);
        Assert.Equal(1, witness.Index.Clones);
        Assert.True(witness.Index.Find(node.Id)!.IsCloned);
        for (int i = 0; i < 60; i++)
        {
            // The rival, too, rises above whatever it meets.
            CapabilityRecord rival = node.Author.Record(1, node.Index.Find(node.Id)!.Record!.Stamp.Version + 1, slots: 77);
            Give(region, node, region.Nodes[2].Id, [rival]);
            region.RunFor(TimeSpan.FromSeconds(10));
        }
        IEnumerable<RecordStamp> own = node.Sent.Where(m => m.Type == MessageType.CapabilityRecords)
            .SelectMany(m => WireMessage.Read<CapabilityRecords>(new ReadOnlySequence<byte>(m.Body)).Records)
            .Where(r => r.Node == node.Id && r.Info.Slots == node.Info.Slots).Select(r => r.Stamp);
        Assert.InRange(own.Distinct().Count(), 2, 20);
    }

    [Fact]
    public void OnFrame_ForgedRecord_BlamesWhoPassedItOn()
    {
        Region region = Quiet(3);
        CapabilityRecord forged = new Author(9).Record(9, 9, name: region.Nodes[1].Id);
        ToreException refused = Assert.Throws<ToreException>(() => Give(region, region.Nodes[0], region.Nodes[2].Id, [forged]));
        Assert.Equal(ErrorCodes.WireMalformed, refused.Code);
        Assert.Equal(1, region.Nodes[0].Index.Forgeries);
        AssertEqual(region);
    }

    [Fact]
    public void Load_IsToldOnceAMinute_AndInNoDigest()
    {
        Region region = Quiet(4);
        Region.Node node = region.Nodes[0];
        region.RunFor(TimeSpan.FromMinutes(2));
        node.Sent.Clear();
        Digest before = node.Index.Digest;
        for (int second = 0; second < 300; second++)
        {
            node.Change(info => info with { SlotsInUse = second % 5 });
            region.RunFor(TimeSpan.FromSeconds(1));
        }
        Assert.InRange(node.Sent.Count(m => m.Type == MessageType.CapabilityRecords), 3 * 4, 3 * 6);
        Assert.Equal(before, node.Index.Digest);
        AssertEqual(region);
        node.Change(info => info with { SlotsInUse = 4 });
        region.RunFor(TimeSpan.FromMinutes(1) + Soon);
        Assert.All(region.Nodes, n => Assert.Equal(4, n.Index.InfoOf(node.Id)!.Value.SlotsInUse));
    }

    [Fact]
    public void OnOwnMoved_TheCoordinateIsTold()
    {
        Region region = Quiet(2);
        region.RunFor(TimeSpan.FromMinutes(2));
        Assert.True(WireCoordinate.TryCreate([50, 0, 0, 0, 0, 0, 0, 0, 1, 0.5f], out WireCoordinate at));
        region.Nodes[0].Index.OnOwnMoved(at, region.Moment);
        region.RunFor(Soon);
        Assert.Equal(at, region.Nodes[1].Index.Find(region.Nodes[0].Id)!.Load!.Coordinate);
    }

    [Fact]
    public void News_WhereNotEverybodyLinks_IsPassedOn()
    {
        // More members than links: 1 -> 2 -> 3 hears of a change without comparing.
        var region = new Region(seed: 6, nodes: 3);
        region.Nodes.ToList().ForEach(n => n.Start(1));
        foreach (Region.Node node in region.Nodes)
        {
            for (int i = 0; i < Limits.ControlPeers; i++)
            {
                node.Index.OnMember(new Author(1000 + i).Id, new Author(1000 + i).Key, region.Moment);
            }
        }
        region.Link(region.Nodes[0], region.Nodes[1]);
        region.Link(region.Nodes[1], region.Nodes[2]);
        region.RunFor(TimeSpan.FromMinutes(2));
        region.Nodes.ToList().ForEach(n => n.Sent.Clear());
        region.Nodes[0].Change(info => info with { Slots = 99 });
        region.RunFor(Soon);
        AssertEqual(region);
        // Once: it does not go back to where it came from, and on from nobody who had it.
        Assert.Equal(2, Sent(region, MessageType.CapabilityRecords));
    }

    [Fact]
    public void OnSummary_ThatNobodyAskedFor_IsIgnored()
    {
        Region region = Quiet(2);
        Region.Node node = region.Nodes[0];
        var invented = new CapabilityStamp(region.Nodes[1].Id, new RecordStamp(99, 99), Digest.Of("x"u8));
        foreach (bool isOffer in (ReadOnlySpan<bool>)[true, false])
        {
            var summary = new CapabilitySummary(isOffer, new NodeId(Guid.Empty), new NodeId(Guid.AllBitsSet), [invented]);
            node.Index.OnFrame(region.Nodes[1].Id, MessageType.CapabilitySummary, Body(summary), region.Moment);
        }
        Assert.Empty(node.Sent);
    }

    [Fact]
    public void OnSummary_PromisesThatAreNotKept_DoNotStopComparing()
    {
        Region region = Quiet(3);
        Region.Node node = region.Nodes[0], liar = region.Nodes[1], honest = region.Nodes[2];
        var late = new Author(60);
        region.Nodes.ToList().ForEach(n => n.Index.OnMember(late.Id, late.Key, region.Moment));
        Give(region, honest, liar.Id, [late.Record(1, 1)]);
        var summary = new CapabilitySummary(false, new NodeId(Guid.Empty), new NodeId(Guid.AllBitsSet),
            [new CapabilityStamp(late.Id, new RecordStamp(9, 9), Digest.Of("x"u8))]);
        for (int second = 0; second < 300 && node.Index.InfoOf(late.Id) is null; second++)
        {
            // The liar answers every digest with a promise, and no request at all.
            region.Waiting.RemoveAll(m => m.To == liar && m.From == node);
            node.Index.OnFrame(liar.Id, MessageType.CapabilitySummary, Body(summary), region.Moment);
            region.RunFor(TimeSpan.FromMilliseconds(500));
        }
        Assert.NotNull(node.Index.InfoOf(late.Id));
    }

    [Fact]
    public void OnDigest_WithoutPause_IsAnsweredOnceASecond()
    {
        Region region = Quiet(2);
        var other = new CapabilityDigest(Digest.Of("other"u8));
        for (int i = 0; i < 100; i++)
        {
            region.Nodes[0].Index.OnFrame(region.Nodes[1].Id, MessageType.CapabilityDigest, Body(other), region.Moment);
        }
        Assert.Single(region.Nodes[0].Sent);
    }

    [Fact]
    public void Stop_SaysNothingMore()
    {
        Region region = Quiet(2);
        region.Nodes[0].Index.Stop();
        region.Nodes[0].Change(info => info with { Slots = 50 });
        Assert.Null(region.Nodes[0].Index.NextDeadline);
        Assert.Empty(region.Nodes[0].Sent);
    }

    private static Region Started(int nodes)
    {
        var region = new Region(seed: nodes, nodes);
        region.StartAll();
        return region;
    }

    /// <summary>Started, compared, and nothing under way.</summary>
    private static Region Quiet(int nodes)
    {
        Region region = Started(nodes);
        region.RunFor(TimeSpan.FromSeconds(10));
        Assert.Empty(region.Waiting);
        AssertEqual(region);
        region.Nodes.ToList().ForEach(n => n.Sent.Clear());
        region.Nodes.ToList().ForEach(n => n.Changed.Clear());
        return region;
    }

    private static void Give(Region region, Region.Node to, NodeId from, IReadOnlyList<CapabilityRecord> records) =>
        to.Index.OnFrame(from, MessageType.CapabilityRecords, Body(new CapabilityRecords(records, [])), region.Moment);

    private static ReadOnlySequence<byte> Body<T>(in T message)
        where T : struct, IMessage<T> => new(WireCase.Encode(message));

    private static int Sent(Region region, MessageType type) => region.Nodes.Sum(n => n.Sent.Count(m => m.Type == type));

    private static void AssertEqual(Region region)
    {
        foreach (Region.Node node in region.Nodes)
        {
            Assert.Equal(region.Nodes[0].Index.Digest, node.Index.Digest);
            Assert.All(region.Nodes, author => Assert.Equal(
                (author.Info.Version, author.Info.Slots),
                (node.Index.InfoOf(author.Id)!.Value.Version, node.Index.InfoOf(author.Id)!.Value.Slots)));
        }
    }
}
