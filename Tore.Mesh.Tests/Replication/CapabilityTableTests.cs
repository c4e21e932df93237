using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Replication;

public sealed class CapabilityTableTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(1);

    private readonly CapabilityTable _table = new(Author.Mesh, KeyedSigner.Verifier);
    private readonly Author _author = new(1);

    public CapabilityTableTests() => _table.Add(_author.Id, _author.Key);

    [Theory]
    [InlineData(1, 1, 1, 2)]
    [InlineData(1, 9, 2, 1)]
    [InlineData(1, ulong.MaxValue, 2, 0)]
    public void Accept_LaterStamp_Wins_InEitherOrder(ulong incarnation, ulong version, ulong laterIncarnation, ulong laterVersion)
    {
        CapabilityRecord early = _author.Record(incarnation, version), late = _author.Record(laterIncarnation, laterVersion);
        Assert.Equal(RecordOutcome.Kept, _table.Accept(early, Now));
        Assert.Equal(RecordOutcome.Kept, _table.Accept(late, Now));
        Assert.Equal(RecordOutcome.Older, _table.Accept(early, Now));
        Assert.Equal(RecordOutcome.Known, _table.Accept(late, Now));
        Assert.Same(late, _table.Entries[_author.Id].Record);
    }

    [Fact]
    public void Accept_TwoBodiesUnderOneStamp_TheLowerHashStaysEverywhere_AndIsCounted()
    {
        CapabilityRecord one = _author.Record(3, 3, slots: 1), other = _author.Record(3, 3, slots: 2);
        CapabilityRecord lower = one.Hash < other.Hash ? one : other, higher = lower == one ? other : one;
        Assert.Equal(RecordOutcome.Kept, _table.Accept(higher, Now));
        Assert.Equal(RecordOutcome.Kept, _table.Accept(lower, Now));
        Assert.Equal(1, _table.Clones);

        var second = new CapabilityTable(Author.Mesh, KeyedSigner.Verifier);
        second.Add(_author.Id, _author.Key);
        Assert.Equal(RecordOutcome.Kept, second.Accept(lower, Now));
        Assert.Equal(RecordOutcome.Clone, second.Accept(higher, Now));
        Assert.Equal(1, second.Clones);
        Assert.True(second.Entries[_author.Id].IsCloned);

        Assert.Same(lower, _table.Entries[_author.Id].Record);
        Assert.Equal(_table.Digest, second.Digest);
    }

    [Fact]
    public void Accept_NotSignedByItsAuthorForThisMesh_IsForged_AndChangesNothing()
    {
        var liar = new Author(2);
        _table.Add(liar.Id, liar.Key);
        CapabilityRecord kept = _author.Record(1, 1), signed = _author.Record(2, 1);
        _table.Accept(kept, Now);
        Digest before = _table.Digest;
        byte[] changed = signed.Signed.Body.ToArray();
        changed[^1] ^= 1;
        Assert.False(CapabilityRecord.TryParse(new SignedBody(changed, signed.Signed.Signature), out _, out _));
        byte[] bumped = _author.Record(2, 2).Signed.Body.ToArray();
        Assert.True(CapabilityRecord.TryParse(new SignedBody(bumped, signed.Signed.Signature), out CapabilityRecord? altered, out _));

        Assert.Equal(RecordOutcome.Forged, _table.Accept(liar.Record(2, 1, name: _author.Id), Now));
        Assert.Equal(RecordOutcome.Forged, _table.Accept(_author.Record(2, 1, mesh: new MeshId(7)), Now));
        Assert.Equal(RecordOutcome.Forged, _table.Accept(altered!, Now));
        Assert.Equal(RecordOutcome.Forged, _table.Accept(_author.Load(9, 9, 9, mesh: new MeshId(7)), Now));
        Assert.Equal(4, _table.Forgeries);
        Assert.Equal(before, _table.Digest);
        Assert.Same(kept, _table.Entries[_author.Id].Record);
    }

    [Fact]
    public void Accept_AuthorIsNoMember_IsKeptAsideUntilItIs()
    {
        var stranger = new Author(5);
        CapabilityRecord record = stranger.Record(1, 1);
        Assert.Equal(RecordOutcome.Aside, _table.Accept(record, Now));
        Assert.False(_table.Entries.ContainsKey(stranger.Id));
        _table.Add(stranger.Id, stranger.Key);
        Assert.Equal([record], _table.TakeAside(stranger.Id, Now + TimeSpan.FromSeconds(9)));
        Assert.Empty(_table.TakeAside(stranger.Id, Now));
    }

    [Fact]
    public void Accept_ManyStrangers_AreBoundedInNumberAndTime()
    {
        CapabilityRecord[] records = [.. Enumerable.Range(10, Limits.CapabilityStrangers + 1).Select(n => new Author(n).Record(1, 1))];
        Array.ForEach(records, r => _table.Accept(r, Now));
        Assert.Empty(_table.TakeAside(records[0].Node, Now));
        Assert.Single(_table.TakeAside(records[1].Node, Now));
        Assert.Empty(_table.TakeAside(records[2].Node, Now + StrangerRecords.Life));
    }

    [Fact]
    public void Accept_AuthorThatWritesWithoutPause_IsHeldToItsRate()
    {
        RecordOutcome[] outcomes = [.. Enumerable.Range(1, 100).Select(v => _table.Accept(_author.Record(1, (ulong)v), Now))];
        Assert.Equal(32, outcomes.Count(o => o == RecordOutcome.Kept));
        Assert.Equal(RecordOutcome.TooOften, outcomes[^1]);
        Assert.Equal(RecordOutcome.Kept, _table.Accept(_author.Record(1, 100), Now + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Accept_Forgeries_DoNotUseUpWhatTheirVictimMayWrite()
    {
        var liar = new Author(2);
        for (ulong version = 10; version < 60; version++)
        {
            Assert.Equal(RecordOutcome.Forged, _table.Accept(liar.Record(1, version, name: _author.Id), Now));
        }
        Assert.Equal(RecordOutcome.Kept, _table.Accept(_author.Record(1, 1), Now));
    }

    [Fact]
    public void Remove_MemberThatIsGone_NothingOfItIsKept()
    {
        Digest empty = _table.Digest;
        _table.Accept(_author.Record(1, 1), Now);
        Assert.NotEqual(empty, _table.Digest);
        Assert.True(_table.Remove(_author.Id));
        Assert.Equal(empty, _table.Digest);
        Assert.False(_table.Remove(_author.Id));
        Assert.Equal(RecordOutcome.Aside, _table.Accept(_author.Record(1, 1), Now));
    }

    [Fact]
    public void Digest_CoversNodeIncarnationVersionAndContent()
    {
        var other = new Author(2);
        Digest[] digests = [.. new[]
        {
            _author.Record(1, 1), _author.Record(1, 2), _author.Record(2, 1), _author.Record(1, 1, slots: 2), other.Record(1, 1),
        }.Select(DigestOf)];
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void AcceptLoad_ByIncarnationVersionAndNumber_LeavesTheDigest()
    {
        _table.Accept(_author.Record(1, 5), Now);
        Digest before = _table.Digest;
        Assert.Equal(RecordOutcome.Kept, _table.Accept(_author.Load(1, 5, 7, slotsInUse: 3), Now));
        Assert.Equal(RecordOutcome.Older, _table.Accept(_author.Load(1, 5, 7, slotsInUse: 4), Now));
        Assert.Equal(RecordOutcome.Older, _table.Accept(_author.Load(1, 4, 9, slotsInUse: 4), Now));
        Assert.Equal(3, _table.Entries[_author.Id].Info!.Value.SlotsInUse);
        Assert.Equal(before, _table.Digest);
        // After a restart the number begins anew, under a later record.
        Assert.Equal(RecordOutcome.Kept, _table.Accept(_author.Load(1, 6, 1, slotsInUse: 1), Now));
        Assert.Equal(1, _table.Entries[_author.Id].Info!.Value.SlotsInUse);
    }

    [Fact]
    public void Info_LoadOfAnEarlierIncarnation_CountsNoMore()
    {
        _table.Accept(_author.Record(1, 1), Now);
        _table.Accept(_author.Load(1, 1, 1, slotsInUse: 3), Now);
        _table.Accept(_author.Record(2, 1), Now);
        Assert.Equal(0, _table.Entries[_author.Id].Info!.Value.SlotsInUse);
    }

    [Fact]
    public void AcceptLoad_OfAStranger_OrWithoutPause_IsNotKept()
    {
        Assert.Equal(RecordOutcome.Aside, _table.Accept(new Author(9).Load(1, 1, 1), Now));
        RecordOutcome[] outcomes = [.. Enumerable.Range(1, 10).Select(n => _table.Accept(_author.Load(1, 1, (ulong)n), Now))];
        Assert.Equal(4, outcomes.Count(o => o == RecordOutcome.Kept));
    }

    [Fact]
    public void IsBetter_ComparesAsAcceptDoes()
    {
        CapabilityRecord held = _author.Record(2, 2);
        var stamp = new CapabilityStamp(_author.Id, held.Stamp, held.Hash);
        Assert.True(_table.IsBetter(stamp));
        _table.Accept(held, Now);
        Assert.False(_table.IsBetter(stamp));
        Assert.False(CapabilityTable.IsBetter(held, stamp));
        foreach ((RecordStamp other, bool isBetter) in new[]
        {
            (new RecordStamp(2, 3), true), (new RecordStamp(3, 1), true), (new RecordStamp(2, 1), false), (new RecordStamp(1, 9), false),
        })
        {
            Assert.Equal(isBetter, _table.IsBetter(stamp with { Stamp = other }));
            Assert.Equal(!isBetter, CapabilityTable.IsBetter(held, stamp with { Stamp = other }));
        }
        Assert.True(_table.IsBetter(stamp with { Hash = new Digest(new byte[32]) }));
        Assert.False(_table.IsBetter(stamp with { Node = new Author(7).Id }));
    }

    private Digest DigestOf(CapabilityRecord record)
    {
        var table = new CapabilityTable(Author.Mesh, KeyedSigner.Verifier);
        table.Add(_author.Id, _author.Key);
        table.Add(new Author(2).Id, new Author(2).Key);
        Assert.Equal(RecordOutcome.Kept, table.Accept(record, Now));
        return table.Digest;
    }
}
