using System.Buffers;
using System.Net;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Node;

public sealed class MeshCoreTests
{
    [Fact]
    public void Start_IncarnationNotKept_DoesNothing()
    {
        var node = new MeshEffectsList { SavesFail = true };
        Assert.False(node.Core.Start([MeshEffectsList.Address(2)], ["10.0.0.1:7601"], new NodeInfo(), node.Now));
        Assert.Null(node.Core.NextDeadline);
        Assert.False(node.Core.OnLinkOpened(1, MeshEffectsList.Id(2), MeshEffectsList.Address(2), null, node.Now));
        Assert.Equal([(1L, ErrorCodes.Draining)], node.Closed);
        Assert.Empty(node.Sent);
        Assert.Empty(node.Dialled);
    }

    [Fact]
    public void Start_KeepsANewIncarnation_AndDialsTheSeeds()
    {
        MeshEffectsList node = new MeshEffectsList(1, o => o with { StoredIncarnation = 41 }).Start(MeshEffectsList.Address(2));
        node.Run(0.1);
        Assert.Equal([42ul], node.Saved);
        Assert.Equal([(MeshEffectsList.Address(2), null)], node.Dialled);
        Assert.Equal(42ul, node.Core.Snapshot.Incarnation);
    }

    [Fact]
    public void OnLinkOpened_IntroducesItselfFirst()
    {
        MeshEffectsList node = new MeshEffectsList().Start();
        node.Core.OnLinkOpened(1, MeshEffectsList.Id(2), MeshEffectsList.Address(2), null, node.Now);
        MemberRecord record = Assert.Single(node.SentOn<Introduction>(1)).Record;
        Assert.Equal((node.Core.Self, 1ul, 7ul), (record.Node, record.Incarnation, record.Start));
        Assert.Equal(["10.0.0.1:7601"], record.Addresses);
        Assert.Single(node.Sent);
        Assert.Empty(node.Core.Snapshot.Members);
    }

    [Fact]
    public void OnFrame_BeforeTheIntroduction_IsMalformed()
    {
        MeshEffectsList node = new MeshEffectsList().Start();
        node.Core.OnLinkOpened(1, MeshEffectsList.Id(2), MeshEffectsList.Address(2), null, node.Now);
        AssertMalformed(() => node.Frame(1, new TableDigest()));
        node.Frame(1, new Introduction(MeshEffectsList.Record(2)));
        node.Frame(1, new TableDigest());
        Assert.Equal(1, node.Core.Snapshot.Members[MeshEffectsList.Id(2)].Link);
    }

    [Fact]
    public void Introduction_OfSomebodyElse_IsMalformed()
    {
        MeshEffectsList node = new MeshEffectsList().Start();
        node.Core.OnLinkOpened(1, MeshEffectsList.Id(2), MeshEffectsList.Address(2), null, node.Now);
        AssertMalformed(() => node.Frame(1, new Introduction(MeshEffectsList.Record(3))));
        Assert.Empty(node.Core.Snapshot.Members);
    }

    [Fact]
    public void Introduction_SignedForAnotherMesh_EndsTheLink()
    {
        MeshEffectsList node = new MeshEffectsList().Start();
        node.Core.OnLinkOpened(1, MeshEffectsList.Id(2), MeshEffectsList.Address(2), null, node.Now);
        node.Frame(1, new Introduction(MeshEffectsList.Record(2, mesh: new MeshId(5))));
        Assert.Equal([(1L, ErrorCodes.WireMalformed)], node.Closed);
        Assert.Empty(node.Core.Snapshot.Members);
        Assert.False(node.Core.Reach(MeshEffectsList.Id(2), node.Now));
        node.Link(2, 2);
        Assert.Equal(2, node.Core.Snapshot.Members[MeshEffectsList.Id(2)].Link);
    }

    [Fact]
    public void Introduction_OfAnotherStart_ReplacesTheOldOne()
    {
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2).Link(2, 2, incarnation: 5, start: 9);
        MeshMember member = node.Core.Snapshot.Members[MeshEffectsList.Id(2)];
        Assert.Equal((2L, 5ul, 9ul), (member.Link!.Value, member.Incarnation, member.Start!.Value));
        Assert.Equal(LinkDirectory.Superseded, Assert.Single(node.SentOn<Goodbye>(1)).Code);
        Assert.Empty(node.SentOn<Goodbye>(2));
        Assert.True(node.Core.Membership.Table.TryGet(MeshEffectsList.Id(2), out Member? row) && row.IsLinked);
    }

    [Theory]
    [InlineData(nameof(MessageType.Introduction))]
    [InlineData(nameof(MessageType.Ping))]
    [InlineData(nameof(MessageType.Pong))]
    [InlineData(nameof(MessageType.Gossip))]
    [InlineData(nameof(MessageType.TableEntries))]
    public void OnFrame_Malformed_Throws_AndTheCoreGoesOn(string name)
    {
        MessageType type = Enum.Parse<MessageType>(name);
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2);
        MeshSnapshot before = node.Core.Snapshot;
        AssertMalformed(() => node.Core.OnFrame(1, type, new ReadOnlySequence<byte>([0xc1, 0xff]), node.Now));
        AssertMalformed(() => node.Core.OnFrame(1, type, ReadOnlySequence<byte>.Empty, node.Now));
        Assert.Same(before, node.Core.Snapshot);
        node.Link(2, 3);
        Assert.Equal(2, node.Core.Snapshot.Members.Count);
        node.Core.OnLinkClosed(1, ErrorCodes.WireMalformed, node.Now);
        Assert.Null(node.Core.Snapshot.Members[MeshEffectsList.Id(2)].Link);
    }

    [Fact]
    public void OnFrame_OfAnotherKind_IsNotHandled_AndOfAnUnknownLinkIsPassedOver()
    {
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2);
        Assert.False(node.Frame(1, new CloseSequence()));
        Assert.False(MeshCore.Handles(MessageType.CloseSequence));
        Assert.True(node.Frame(99, new TableDigest()));
    }

    [Fact]
    public void Goodbye_ClosesTheLink()
    {
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2);
        node.Frame(1, new Goodbye("superseded", "Another."));
        Assert.Equal([(1L, "superseded")], node.Closed);
    }

    [Fact]
    public void Snapshot_IsTheSameUntilSomethingChanged_AndMadeOfWhatDidNot()
    {
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2).Link(2, 3);
        MeshSnapshot first = node.Core.Snapshot;
        Assert.Same(first, node.Core.Snapshot);
        node.Link(3, 4);
        MeshSnapshot second = node.Core.Snapshot;
        Assert.True(second.Version > first.Version);
        Assert.Same(first.Members[MeshEffectsList.Id(2)], second.Members[MeshEffectsList.Id(2)]);
        Assert.Equal(2, first.Members.Count);
        Assert.Equal(3, second.Members.Count);
    }

    [Fact]
    public void Snapshot_ShowsThePongsRoundTrip_WithoutTellingOfEachPong()
    {
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2);
        while (!node.SentOn<Ping>(1).Any())
        {
            node.Run(0.05);
        }
        node.Run(0.1);
        int changes = node.Changes;
        Ping ping = node.SentOn<Ping>(1).First();
        Assert.Null(node.Core.Snapshot.Members[MeshEffectsList.Id(2)].RoundTrip);
        node.Frame(1, new Pong(ping.Sequence, ping.SentAtMicroseconds, node.Now.UnixMicroseconds + 5_000_000));
        Assert.Equal(changes, node.Changes);
        MeshMember member = node.Core.Snapshot.Members[MeshEffectsList.Id(2)];
        Assert.InRange(member.RoundTrip!.Value.TotalSeconds, 0.1, 0.15);
        Assert.InRange(member.ClockOffsetMicroseconds!.Value, 5_050_000, 5_100_000);
    }

    [Fact]
    public void Changed_IsSaidOnceAnInput_AndOnlyOfChanges()
    {
        MeshEffectsList node = new MeshEffectsList().Start();
        Assert.Equal(1, node.Changes);
        node.Core.OnLinkOpened(1, MeshEffectsList.Id(2), MeshEffectsList.Address(2), null, node.Now);
        int before = node.Changes;
        node.Frame(1, new Introduction(MeshEffectsList.Record(2)));
        Assert.Equal(before + 1, node.Changes);
        node.Frame(1, new TableDigest());
        node.Frame(1, new Introduction(MeshEffectsList.Record(2)));
        Assert.Equal(before + 1, node.Changes);
        node.Core.OnLinkClosed(1, null, node.Now);
        Assert.Equal(before + 2, node.Changes);
    }

    [Fact]
    public void OnFound_OfThisMesh_IsDialled_OthersAreStrangers()
    {
        MeshEffectsList node = new MeshEffectsList().Start();
        node.Core.OnFound(Heard(2, MeshEffectsList.Mesh), node.Now);
        node.Core.OnFound(Heard(3, new MeshId(5)), node.Now);
        node.Core.OnFound(Heard(4, MeshEffectsList.Mesh, new WireVersions(900, 901)), node.Now);
        node.Core.OnFound(Heard(1, new MeshId(5)), node.Now);
        node.Run(2);
        Assert.All(node.Dialled, d => Assert.Equal((MeshEffectsList.Address(2), MeshEffectsList.Id(2)), (d.Address, d.Expected)));
        Assert.NotEmpty(node.Dialled);
        Assert.Equal(new[] { MeshEffectsList.Id(3), MeshEffectsList.Id(4) }.Order(), node.Core.Snapshot.Strangers.Select(s => s.Node));
        MeshStranger stranger = node.Core.Snapshot.Strangers.Single(s => s.Node == MeshEffectsList.Id(4));
        Assert.Equal((901, node.Now.UnixMicroseconds / 10_000_000), (stranger.WireVersion, stranger.SeenAtUnixMicroseconds / 10_000_000));
        Assert.Equal([MeshEffectsList.Address(4)], stranger.Addresses);

        node.Core.OnFound(Heard(3, MeshEffectsList.Mesh), node.Now);
        node.Core.OnLost(MeshEffectsList.Id(4), node.Now);
        Assert.Empty(node.Core.Snapshot.Strangers);
    }

    [Fact]
    public void Strangers_AreBounded_TheLastHeardStay()
    {
        MeshEffectsList node = new MeshEffectsList().Start();
        for (int i = 2; i < 3 * Limits.Strangers; i++)
        {
            node.Run(0.001);
            node.Core.OnFound(Heard(i, new MeshId(5)), node.Now);
        }
        Assert.Equal(Limits.Strangers, node.Core.Snapshot.Strangers.Length);
        Assert.Contains(node.Core.Snapshot.Strangers, s => s.Node == MeshEffectsList.Id((3 * Limits.Strangers) - 1));
        Assert.DoesNotContain(node.Core.Snapshot.Strangers, s => s.Node == MeshEffectsList.Id(2));
    }

    [Fact]
    public void OnAdmissionChanged_BannedMember_IsForgotten_AndItsLinksEnd()
    {
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2).Link(2, 3);
        node.Banned.Add(MeshEffectsList.Id(2));
        node.Core.OnAdmissionChanged(node.Now);
        Assert.Equal([(1L, ErrorCodes.NotAllowed)], node.Closed);
        Assert.Equal([MeshEffectsList.Id(3)], node.Core.Snapshot.Members.Keys);
        Assert.False(node.Core.OnLinkOpened(3, MeshEffectsList.Id(2), MeshEffectsList.Address(2), null, node.Now));
        node.Run(60);
        Assert.DoesNotContain(node.Dialled, d => d.Expected == MeshEffectsList.Id(2));
    }

    [Fact]
    public void Reach_KnownMember_IsDialledAtItsAddress()
    {
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2);
        Assert.True(node.Core.Reach(MeshEffectsList.Id(2), node.Now));
        node.Core.OnLinkClosed(1, LinkDirectory.NotNeeded, node.Now);
        node.Dialled.Clear();
        Assert.False(node.Core.Reach(MeshEffectsList.Id(2), node.Now));
        Assert.Equal([(MeshEffectsList.Address(2), MeshEffectsList.Id(2))], node.Dialled);
    }

    [Fact]
    public void BrokenLink_IsAReasonToDialAtOnce_AndADeadMembersLinkIsClosed()
    {
        MeshEffectsList node = new MeshEffectsList().Start().Link(1, 2).Link(2, 3);
        node.Core.OnLinkClosed(1, null, node.Now);
        node.Run(2);
        Assert.Contains(node.Dialled, d => d.Expected == MeshEffectsList.Id(2));
        // The other says that it leaves: its word is not waited for on its link.
        node.Frame(2, new Gossip([MemberUpdate.Of(MeshEffectsList.Record(3, incarnation: 2, leaves: true))]));
        Assert.Equal(MemberState.Left, node.Core.Snapshot.Members[MeshEffectsList.Id(3)].State);
        Assert.Contains(node.Closed, c => c.Link == 2);
        Assert.Null(node.Core.Snapshot.Members[MeshEffectsList.Id(3)].Link);
    }

    [Fact]
    public void Leave_SaysSo_AndEndsEverything()
    {
        MeshEffectsList node = new MeshEffectsList().Start(MeshEffectsList.Address(9)).Link(1, 2);
        node.Core.Leave(node.Now);
        MemberUpdate farewell = Assert.Single(node.SentOn<Gossip>(1).Last().Updates);
        Assert.True(farewell.Record!.Leaves);
        Assert.Equal(ErrorCodes.Draining, Assert.Single(node.SentOn<Goodbye>(1)).Code);
        Assert.Equal([(1L, ErrorCodes.Draining)], node.Closed);
        node.Core.OnLinkClosed(1, ErrorCodes.Draining, node.Now);
        node.Dialled.Clear();
        node.Run(120);
        Assert.Empty(node.Dialled);
        Assert.Null(node.Core.NextDeadline);
    }

    private static MdnsNode Heard(int number, MeshId mesh, WireVersions? wire = null) => new()
    {
        Node = MeshEffectsList.Id(number),
        Port = 7601,
        Addresses = [new IPAddress([10, 0, (byte)(number / 256), (byte)number])],
        Mesh = mesh.ToString(),
        Wire = wire ?? WireVersions.Supported,
    };

    private static void AssertMalformed(Action act) =>
        Assert.Equal(ErrorCodes.WireMalformed, Assert.Throws<ToreException>(act).Code);
}
