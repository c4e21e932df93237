using System.Buffers;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>
/// What this node has to say of itself, and when: a record as soon as something changed, a load when it moved by a tenth and the last
/// one is a while ago. Signs nothing and sends nothing.
/// </summary>
internal sealed class CapabilityAuthor
{
    /// <summary>Loads are told at most so often; more rarely in meshes where not everybody links with everybody.</summary>
    public static readonly TimeSpan LoadInterval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Least and longest wait before this node rises again above a record of its own that it has not written: two processes with
    /// one key would race each other. The first rise, after a restart that forgot, waits for nothing.
    /// </summary>
    private static readonly TimeSpan RiseWaitLeast = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="RiseWaitLeast"/>
    private static readonly TimeSpan RiseWaitMost = TimeSpan.FromMinutes(1);

    private readonly NodeId _self;
    private RateGate _gate = new(burst: 16, TimeSpan.FromSeconds(1));
    private NodeInfo _info = new();
    private byte[] _capabilities = [];
    private RecordStamp _highest;
    private TimeSpan? _dueAt;
    private TimeSpan _risenAt = TimeSpan.MinValue;
    private TimeSpan _riseWait;
    private bool _rises;

    private WireCoordinate _coordinate = WireCoordinate.Origin;
    private (int SlotsInUse, int Running, WireCoordinate At, ulong Incarnation)? _told;
    private TimeSpan _toldAt;
    private ulong _loads;
    private bool _hasMoved;

    /// <summary>Has nothing to say before <see cref="SetInfo"/>.</summary>
    public CapabilityAuthor(NodeId self) => _self = self;

    /// <summary>This node's incarnation; records that are written from now on bear it.</summary>
    public ulong Incarnation { get; set; }

    /// <summary>Models that the last record leaves out because it would be too large; zero as a rule.</summary>
    public int ModelsLeftOut { get; private set; }

    /// <summary>When there is a record to write; null when there is none.</summary>
    public TimeSpan? RecordDue => _dueAt;

    /// <summary>When there is a load to write; null when there is none, or no record was written yet: that one brings it.</summary>
    /// <param name="interval">How often, at most.</param>
    public TimeSpan? LoadDue(TimeSpan interval) => _hasMoved && _told is not null ? _toldAt + interval : null;

    /// <summary>What this node can do, and how busy it is.</summary>
    public void SetInfo(in NodeInfo info, TimeSpan now)
    {
        _info = info;
        byte[] capabilities = Encode(info);
        if (!capabilities.AsSpan().SequenceEqual(_capabilities))
        {
            _capabilities = capabilities;
            TimeSpan at = _gate.NextAt(now);
            _dueAt = _dueAt < at ? _dueAt : at;
        }
        Compare();
    }

    /// <summary>Where this node stands.</summary>
    public void SetCoordinate(in WireCoordinate value)
    {
        _coordinate = value;
        Compare();
    }

    /// <summary>A record of this node's own is about that beats what it wrote last: it goes above it.</summary>
    public void Beaten(RecordStamp by, TimeSpan now)
    {
        _highest = by > _highest ? by : _highest;
        _riseWait = _risenAt + (2 * RiseWaitMost) < now ? TimeSpan.Zero
            : _riseWait == TimeSpan.Zero ? RiseWaitLeast
            : 2 * _riseWait < RiseWaitMost ? 2 * _riseWait : RiseWaitMost;
        TimeSpan at = now + _riseWait;
        _dueAt = _dueAt < at ? _dueAt : at;
        _rises = true;
    }

    /// <summary>Writes the next record's body, above everything that is known of this node.</summary>
    public ReadOnlyMemory<byte> WriteRecord(TimeSpan now)
    {
        _gate.TryPass(now);
        _dueAt = null;
        _highest = Incarnation > _highest.Incarnation ? new RecordStamp(Incarnation, 1)
            : _highest.Version < ulong.MaxValue ? _highest with { Version = _highest.Version + 1 }
            : new RecordStamp(_highest.Incarnation + 1, 1);
        if (_rises)
        {
            (_rises, _risenAt) = (false, now);
        }
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        CapabilityRecord.WriteBody(ref writer, _self, _highest, _info with { Models = Fitting(_info) });
        writer.Flush();
        return body.WrittenMemory;
    }

    /// <summary>
    /// Whether the record that was just written needs a load beside it, whenever the last one was: one of an earlier incarnation counts
    /// no more.
    /// </summary>
    public bool NeedsLoad => _told?.Incarnation != _highest.Incarnation;

    /// <summary>Writes the next load's body.</summary>
    public ReadOnlyMemory<byte> WriteLoad(TimeSpan now)
    {
        _told = (_info.SlotsInUse, _info.Running, _coordinate, _highest.Incarnation);
        _toldAt = now;
        _hasMoved = false;
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        LoadRecord.WriteBody(ref writer, _self, _highest, ++_loads, _info.SlotsInUse, _info.Running, _coordinate);
        writer.Flush();
        return body.WrittenMemory;
    }

    /// <summary>Whether the load is off what was told by more than a tenth of the slots, or as coordinates are compared.</summary>
    private void Compare() => _hasMoved = _told is { } told
        && (10L * Math.Abs(_info.SlotsInUse - told.SlotsInUse) > _info.Slots
            || 10L * Math.Abs(_info.Running - told.Running) > _info.Slots
            || NetworkCoordinate.HasMoved(told.At, _coordinate));

    private byte[] Encode(in NodeInfo info)
    {
        IReadOnlyList<HeldModel> models = Fitting(info);
        ModelsLeftOut = info.Models.Count - models.Count;
        return Encode(info, models).WrittenSpan.ToArray();
    }

    /// <summary>As many of the models, from the first on, as a record holds.</summary>
    private static IReadOnlyList<HeldModel> Fitting(in NodeInfo info)
    {
        // The head: the node, two numbers, the array.
        const int head = 40;
        IReadOnlyList<HeldModel> models = info.Models;
        while (models.Count > 0 && head + Encode(info, models).WrittenCount > Limits.CapabilityRecordBytes)
        {
            models = [.. models.Take(models.Count - 1)];
        }
        return models;
    }

    private static ArrayBufferWriter<byte> Encode(in NodeInfo info, IReadOnlyList<HeldModel> models)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        (info with { Models = models }).WriteCapabilities(ref writer);
        writer.Flush();
        return output;
    }
}
