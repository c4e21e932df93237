using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Harness.Network;

/// <summary>
/// One direction of a connection, as TCP makes it: in order; a lost segment comes again after 200 ms, then twice that, and what is behind
/// it waits; after six repeats in vain the connection is reset. A reader that does not read stops the sender, and a slow line makes a
/// queue, of <see cref="Limits.ControlQueueBytes"/> at most.
/// </summary>
internal sealed class Channel : IEventTarget
{
    /// <summary>Wait before the first repeat.</summary>
    public static readonly TimeSpan FirstRepeat = TimeSpan.FromMilliseconds(200);

    /// <summary>Repeats before the connection is given up.</summary>
    public const int RepeatsMax = 6;

    private const int Arrives = 0;
    private const int Repeats = 1;
    private const int GoesOn = 2;

    private readonly SimulatedNetwork _network;
    private readonly SegmentQueue _waiting = new();
    private readonly SegmentQueue _flying = new();
    private TimeSpan _lastArrival;
    private long _epoch;
    private long _repeatEpoch;
    private int _repeats;
    private bool _isHeldUp;
    private bool _isPacing;
    private bool _awaitsAcknowledgement;

    /// <summary>Makes the direction out of <paramref name="source"/>.</summary>
    public Channel(SimulatedNetwork network, ConnectionEnd source, ConnectionEnd sink) =>
        (_network, Source, Sink) = (network, source, sink);

    /// <summary>The end that sends.</summary>
    public ConnectionEnd Source { get; }

    /// <summary>The end that receives.</summary>
    public ConnectionEnd Sink { get; }

    /// <summary>Whether nothing can be sent any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes handed over and not yet on the line.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>Whether a frame of so many bytes still fits the queue.</summary>
    public bool HasRoom(int bytes) => !IsBroken && WaitingBytes + bytes <= Limits.ControlQueueBytes;

    /// <summary>Sends a segment, or queues it.</summary>
    public void Send(in Segment segment)
    {
        if (IsBroken)
        {
            Free(segment);
        }
        else if (_waiting.Count == 0 && !IsStopped)
        {
            int room = 0;
            Transmit(segment, ref room);
        }
        else
        {
            Queue(segment);
        }
    }

    /// <summary>The reader made room.</summary>
    public void OnRead() => GoOn(room: 0);

    /// <summary>Gives up everything that is not yet on its way; what is on its way arrives.</summary>
    public void Break()
    {
        IsBroken = true;
        while (_waiting.Count > 0)
        {
            Free(_waiting.Take());
        }
        WaitingBytes = 0;
    }

    /// <inheritdoc/>
    public void OnEvent(int kind, long argument)
    {
        switch (kind)
        {
            case Arrives when argument == _epoch:
                Arrive();
                break;
            case Repeats when argument == _repeatEpoch && !IsBroken:
                Repeat();
                break;
            case GoesOn:
                _isPacing = false;
                GoOn(room: 0);
                break;
            default:
                break;
        }
    }

    private bool IsStopped => _isHeldUp || _isPacing || !Sink.HasRoom;

    private Machine From => Source.Machine;

    private Machine To => Sink.Machine;

    private void Queue(in Segment segment)
    {
        _waiting.Add(segment);
        WaitingBytes += segment.StreamBytes;
    }

    /// <summary>Sends what waits. Short ones share a packet and its luck while they fit the room that is left in it.</summary>
    private void GoOn(int room)
    {
        while (_waiting.Count > 0 && !IsStopped && !IsBroken)
        {
            Segment segment = _waiting.Take();
            WaitingBytes -= segment.StreamBytes;
            Transmit(segment, ref room);
        }
    }

    private void Transmit(in Segment segment, ref int room)
    {
        PathState path = _network.Path(From.Index, To.Index);
        bool shares = segment.StreamBytes <= room;
        room = shares ? room - segment.StreamBytes : Segment.PayloadBytesMax - segment.StreamBytes;
        From.Traffic.Out(shares ? segment.StreamBytes : segment.LineBytes);
        if (!To.IsOn || (!shares && _network.Loses(path, segment.Parts)))
        {
            HoldUp(segment);
            return;
        }
        TimeSpan now = _network.Simulation.Now;
        TimeSpan leaves = now;
        if (path.BytesPerSecond > 0)
        {
            leaves += TimeSpan.FromSeconds(segment.LineBytes / path.BytesPerSecond);
            _isPacing = true;
            _network.Simulation.Queue.Add(leaves, this, GoesOn);
        }
        Deliver(segment, leaves, path);
        if (!_awaitsAcknowledgement && _network.Path(To.Index, From.Index).IsCut)
        {
            _awaitsAcknowledgement = true;
            RepeatLater();
        }
    }

    private void HoldUp(in Segment segment)
    {
        _waiting.AddFirst(segment);
        WaitingBytes += segment.StreamBytes;
        _isHeldUp = true;
        RepeatLater();
    }

    private void RepeatLater() =>
        _network.Simulation.Queue.Add(_network.Simulation.Now + (FirstRepeat * (1 << _repeats)), this, Repeats, ++_repeatEpoch);

    /// <summary>A repeat is due: of the segment that was lost, or of one whose acknowledgement does not come.</summary>
    private void Repeat()
    {
        if (++_repeats > RepeatsMax)
        {
            _network.Simulation.Trace.Add(_network.Simulation.Now, From.Index, 90, (ulong)Source.Connection.Number);
            Source.GiveUp();
            return;
        }
        PathState path = _network.Path(From.Index, To.Index);
        bool returns = !_network.Path(To.Index, From.Index).IsCut;
        if (_isHeldUp)
        {
            if (!To.IsOn || _network.Loses(path, 1))
            {
                From.Traffic.Out(Segment.HeaderBytes);
                RepeatLater();
                return;
            }
            // Through at last: what waited behind it goes on, and may be lost anew.
            _isHeldUp = false;
            _awaitsAcknowledgement = !returns;
            _repeats = returns ? 0 : _repeats;
            Segment first = _waiting.Take();
            WaitingBytes -= first.StreamBytes;
            From.Traffic.Out(first.LineBytes);
            Deliver(first, _network.Simulation.Now, path);
            if (!returns)
            {
                RepeatLater();
            }
            GoOn(Segment.PayloadBytesMax - first.StreamBytes);
        }
        else if (To.IsOn && returns && !path.IsCut)
        {
            (_repeats, _awaitsAcknowledgement) = (0, false);
        }
        else
        {
            RepeatLater();
        }
    }

    /// <summary>Puts a segment on its way that is known to pass.</summary>
    private void Deliver(in Segment segment, TimeSpan leaves, in PathState path)
    {
        TimeSpan arrival = leaves + _network.Delay(path);
        _lastArrival = arrival > _lastArrival ? arrival : _lastArrival;
        _flying.Add(segment);
        _network.Simulation.Queue.Add(_lastArrival, this, Arrives, _epoch);
    }

    private void Arrive()
    {
        if (!To.IsOn)
        {
            TakeBack();
            return;
        }
        Segment segment = _flying.Take();
        To.Traffic.In(segment.LineBytes);
        To.Traffic.Out(segment.AcknowledgementBytes);
        From.Traffic.In(segment.AcknowledgementBytes);
        Sink.Receive(segment);
    }

    /// <summary>The machine went off while segments were on their way: the sender's system goes on trying.</summary>
    private void TakeBack()
    {
        _epoch++;
        while (_flying.Count > 0)
        {
            Segment segment = _flying.TakeLast();
            if (IsBroken)
            {
                Free(segment);
                continue;
            }
            _waiting.AddFirst(segment);
            WaitingBytes += segment.StreamBytes;
        }
        if (!IsBroken && !_isHeldUp)
        {
            _isHeldUp = true;
            RepeatLater();
        }
    }

    private void Free(in Segment segment)
    {
        if (segment.Body is { } body)
        {
            _network.Buffers.Return(body);
        }
    }
}
