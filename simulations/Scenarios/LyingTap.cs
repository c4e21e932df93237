using System.Buffers;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Scenarios;

/// <summary>
/// Makes a node with a good key say what is false: that others are suspect or dead, under present and future incarnations and in others'
/// names; what was true once; that it is elsewhere and at another time; that nobody answers its probes; and now and then a flood of it,
/// or noise. Below all that it is a real node, so that the others keep listening.
/// </summary>
internal sealed class LyingTap(ulong seed, int index) : IMeshTap
{
    private const int RecordsKept = 64;
    private const int Flood = 200;

    private readonly SeededRandom _random = new(seed, 0x11a5, (ulong)index);
    private readonly List<MemberRecord> _old = [];

    /// <inheritdoc/>
    public bool IsLie => true;

    /// <summary>False things said.</summary>
    public long Lies { get; private set; }

    /// <inheritdoc/>
    public bool OnSending<T>(MeshProcess process, long link, ref T message)
        where T : struct, IMessage<T>
    {
        if (message is Ping ping && _random.Chance(0.5))
        {
            Lies++;
            message = (T)(object)(ping with { SentAtMicroseconds = AbsurdTime(ping.SentAtMicroseconds), Coordinate = AbsurdPlace() });
        }
        else if (message is Pong pong && _random.Chance(0.5))
        {
            Lies++;
            message = (T)(object)(pong with { SentAtMicroseconds = AbsurdTime(pong.SentAtMicroseconds), Coordinate = AbsurdPlace() });
        }
        else if (message is PingAnswer answer)
        {
            Lies++;
            message = (T)(object)(answer with { Answered = !answer.Answered });
        }
        return true;
    }

    /// <inheritdoc/>
    public bool OnFrame(MeshProcess process, long link, MessageType type, in ReadOnlySequence<byte> body)
    {
        if (type == MessageType.Gossip)
        {
            foreach (MemberUpdate update in WireMessage.Read<Gossip>(body).Updates)
            {
                if (update.Record is { } record)
                {
                    Keep(record);
                }
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public void OnTimer(MeshProcess process)
    {
        foreach (long link in process.Context.OpenLinks.Keys)
        {
            double drawn = _random.NextDouble();
            if (drawn < 0.01)
            {
                int count = drawn < 0.0002 ? Flood : _random.Next(1, 6);
                MemberUpdate[] updates = [.. Enumerable.Range(0, count).Select(_ => Lie(process)).OfType<MemberUpdate>()];
                Lies += updates.Length;
                process.Context.TrySend(link, new Gossip(updates));
            }
            else if (drawn < 0.0102)
            {
                byte[] noise = new byte[_random.Next(200)];
                _random.NextBytes(noise);
                process.Context.TrySend(link, (MessageType)_random.Next(80, 100), noise);
            }
        }
    }

    private MemberUpdate? Lie(MeshProcess process)
    {
        IReadOnlyList<Machine> all = process.Context.Machine.Simulation.Machines;
        NodeId victim = all[_random.Next(all.Count)].Id;
        NodeId accuser = _random.Chance(0.5) ? process.Context.Signer.Id : all[_random.Next(all.Count)].Id;
        ulong known = process.Membership.Table.TryGet(victim, out Member? member) ? member.Incarnation : 1;
        ulong incarnation = _random.Next(5) switch
        {
            0 => known + 1,
            1 => ulong.MaxValue - (ulong)_random.Next(3),
            2 => 0,
            _ => known,
        };
        if (_old.Count > 0 && _random.Chance(0.03))
        {
            return MemberUpdate.Of(Forged(_old[_random.Next(_old.Count)], process));
        }
        return _random.Next(3) switch
        {
            0 => MemberUpdate.Suspect(victim, incarnation, accuser),
            1 => MemberUpdate.Dead(victim, incarnation, accuser),
            _ => _old.Count > 0 ? MemberUpdate.Of(_old[_random.Next(_old.Count)]) : null,
        };
    }

    /// <summary>Another's word under a later incarnation, with a signature that is not its own.</summary>
    private static MemberRecord Forged(MemberRecord record, MeshProcess process)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        var author = new Author(record.Node, record.PublicKey.ToArray());
        MemberRecord.WriteBody(ref writer, author, record.Incarnation + 1000, record.Start, record.Addresses, leaves: false);
        writer.Flush();
        return MemberRecord.FromBody(body.WrittenMemory, process.Context.Signer.Sign(body.WrittenSpan));
    }

    private void Keep(MemberRecord record)
    {
        if (_old.Count < RecordsKept)
        {
            _old.Add(record);
        }
        else if (_random.Chance(0.02))
        {
            _old[_random.Next(_old.Count)] = record;
        }
    }

    private long AbsurdTime(long time) => _random.Next(3) switch
    {
        0 => long.MaxValue,
        1 => 0,
        _ => time + _random.NextInt64(-86_400_000_000, 86_400_000_000),
    };

    /// <summary>The farthest corner there is, or anywhere, and quite sure of it.</summary>
    private WireCoordinate AbsurdPlace()
    {
        Span<float> numbers = stackalloc float[WireCoordinate.Numbers];
        for (int i = 0; i < WireCoordinate.Dimensions; i++)
        {
            numbers[i] = (float)Limits.CoordinateMilliseconds * (_random.Chance(0.5) ? 1 : -_random.NextSingle());
        }
        numbers[WireCoordinate.Dimensions] = _random.NextSingle();
        WireCoordinate.TryCreate(numbers, out WireCoordinate place);
        return place;
    }

    /// <summary>A name to write a record under; it signs nothing.</summary>
    private sealed class Author(NodeId node, byte[] publicKey) : ISigner
    {
        public NodeId Id => node;

        public ReadOnlySpan<byte> PublicKey => publicKey;

        public byte[] Sign(ReadOnlySpan<byte> data) => throw new NotSupportedException();
    }
}
