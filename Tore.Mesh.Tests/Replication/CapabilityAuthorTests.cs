using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Replication;

public sealed class CapabilityAuthorTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly NodeId _self = new Author(1).Id;
    private readonly CapabilityAuthor _author;
    private TimeSpan _now = TimeSpan.FromHours(1);

    public CapabilityAuthorTests() => _author = new CapabilityAuthor(_self) { Incarnation = 4 };

    [Fact]
    public void RecordDue_OnlyWhenCapabilitiesChanged()
    {
        Assert.Null(_author.RecordDue);
        _author.SetInfo(Info(), _now);
        Assert.True(_author.RecordDue <= _now);
        Assert.Equal(new RecordStamp(4, 1), Write().Stamp);
        Assert.Null(_author.RecordDue);

        _author.SetInfo(Info() with { SlotsInUse = 3, Running = 2 }, _now);
        Assert.Null(_author.RecordDue);
        _author.SetInfo(Info() with { IsDraining = true }, _now);
        Assert.True(_author.RecordDue <= _now);
        CapabilityRecord record = Write();
        Assert.Equal(new RecordStamp(4, 2), record.Stamp);
        Assert.True(record.Info.IsDraining);
        Assert.Equal(_self, record.Node);
    }

    [Fact]
    public void RecordDue_ManyChanges_ABurstAndThenOneASecond()
    {
        int written = 0;
        for (int i = 0; i < 1_000; i++, _now += TimeSpan.FromMilliseconds(10))
        {
            _author.SetInfo(Info() with { Slots = i }, _now);
            if (_author.RecordDue <= _now)
            {
                Write();
                written++;
            }
        }
        Assert.InRange(written, 25, 27);
        Assert.InRange(_author.RecordDue!.Value - _now, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void WriteRecord_AfterTheIncarnationRose_BeginsAtOne_WithALoad()
    {
        _author.SetInfo(Info(), _now);
        Write();
        Assert.True(_author.NeedsLoad);
        Assert.Equal((new RecordStamp(4, 1), 1ul), (WriteLoad().Stamp, _loads));
        Assert.False(_author.NeedsLoad);
        _author.Incarnation = 6;
        Assert.Null(_author.RecordDue);
        _author.SetInfo(Info() with { Slots = 1 }, _now);
        Assert.Equal(new RecordStamp(6, 1), Write().Stamp);
        Assert.True(_author.NeedsLoad);
        Assert.Equal(new RecordStamp(6, 1), WriteLoad().Stamp);
    }

    [Theory]
    [InlineData(4, 9, 4, 10)]
    [InlineData(7, 3, 7, 4)]
    [InlineData(3, 99, 4, 2)]
    [InlineData(9, ulong.MaxValue, 10, 1)]
    public void Beaten_GoesAbove(ulong incarnation, ulong version, ulong nextIncarnation, ulong nextVersion)
    {
        _author.SetInfo(Info(), _now);
        Write();
        _author.Beaten(new RecordStamp(incarnation, version), _now);
        Assert.True(_author.RecordDue <= _now);
        Assert.Equal(new RecordStamp(nextIncarnation, nextVersion), Write().Stamp);
    }

    [Fact]
    public void Beaten_AgainAndAgain_IsAnsweredEverMoreRarely()
    {
        _author.SetInfo(Info(), _now);
        Write();
        List<double> waits = [];
        for (ulong version = 10; version < 30; version += 2)
        {
            _author.Beaten(new RecordStamp(4, version), _now);
            TimeSpan due = _author.RecordDue!.Value;
            waits.Add((due - _now).TotalSeconds);
            _now = due > _now ? due : _now;
            Write();
        }
        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 60, 60, 60], waits);
        _now += TimeSpan.FromMinutes(3);
        _author.Beaten(new RecordStamp(4, 90), _now);
        Assert.True(_author.RecordDue <= _now);
    }

    [Fact]
    public void LoadDue_OnceAMinute_AndOnlyWhenMovedByMoreThanATenth()
    {
        _author.SetInfo(Info() with { Slots = 20 }, _now);
        Assert.Null(_author.LoadDue(Minute));
        Write();
        WriteLoad();
        _author.SetInfo(Info() with { Slots = 20, SlotsInUse = 2 }, _now);
        Assert.Null(_author.LoadDue(Minute));
        _author.SetInfo(Info() with { Slots = 20, SlotsInUse = 3 }, _now);
        Assert.Equal(_now + Minute, _author.LoadDue(Minute));
        _author.SetInfo(Info() with { Slots = 20, SlotsInUse = 0 }, _now);
        Assert.Null(_author.LoadDue(Minute));
        _author.SetInfo(Info() with { Slots = 20, Running = 3 }, _now);
        Assert.Equal(_now + (2 * Minute), _author.LoadDue(2 * Minute));
        _now += Minute;
        Assert.Equal(3, WriteLoad().Running);
        Assert.Null(_author.LoadDue(Minute));
    }

    [Fact]
    public void LoadDue_CoordinateMovedByMoreThanATenth()
    {
        _author.SetInfo(Info(), _now);
        _author.SetCoordinate(At(100));
        Write();
        WriteLoad();
        _author.SetCoordinate(At(109));
        Assert.Null(_author.LoadDue(Minute));
        _author.SetCoordinate(At(115));
        Assert.Equal(_now + Minute, _author.LoadDue(Minute));
        Assert.Equal(At(115), WriteLoad().Coordinate);
    }

    [Fact]
    public void WriteRecord_MoreModelsThanFit_LeavesOutTheLast_AndSaysHowMany()
    {
        HeldModel[] models = [.. Enumerable.Range(0, 100).Select(i => new HeldModel(
            Digest.Of([(byte)i]), new string('m', 250), "llama", 32, 4096, null, null))];
        _author.SetInfo(Info() with { Models = models }, _now);
        CapabilityRecord record = Write();
        Assert.InRange(record.Signed.Body.Length, Limits.CapabilityRecordBytes - 400, Limits.CapabilityRecordBytes);
        Assert.Equal(models[..record.Info.Models.Count], record.Info.Models);
        Assert.Equal(100 - record.Info.Models.Count, _author.ModelsLeftOut);
        Assert.InRange(_author.ModelsLeftOut, 1, 99);
        _author.SetInfo(Info() with { Models = models[..10] }, _now);
        Assert.Equal(0, _author.ModelsLeftOut);
    }

    private ulong _loads;

    private static NodeInfo Info() => new() { Version = "0.1.0", Slots = 4 };

    private static WireCoordinate At(float x)
    {
        Assert.True(WireCoordinate.TryCreate([x, 0, 0, 0, 0, 0, 0, 0, 0, 1], out WireCoordinate value));
        return value;
    }

    private CapabilityRecord Write()
    {
        Assert.True(CapabilityRecord.TryParse(new SignedBody(_author.WriteRecord(_now), default), out CapabilityRecord? record, out _));
        return record!;
    }

    private LoadRecord WriteLoad()
    {
        Assert.True(LoadRecord.TryParse(new SignedBody(_author.WriteLoad(_now), default), out LoadRecord? load, out _));
        Assert.Equal(++_loads, load!.Number);
        return load;
    }
}
