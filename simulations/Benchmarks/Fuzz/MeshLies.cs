using System.Buffers;
using System.Buffers.Binary;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>Well-formed messages of members without scruples: everything that the right keys can sign, and all that needs none.</summary>
internal sealed class MeshLies(FuzzKey self, MeshId mesh, Random random)
{
    private const int Regulars = 40;
    private const int Crowd = 12_000;
    private static readonly string[] Hosts = ["192.0.2.9", "[fe80::9%3]", "localhost", "node.example", "[::1]"];

    private readonly Dictionary<int, FuzzKey> _keys = [];
    private readonly RecordSeal _capabilities = new("tore capability", mesh, FuzzKey.Verifier);
    private readonly RecordSeal _loads = new("tore load", mesh, FuzzKey.Verifier);

    /// <summary>The core's own incarnation, which everybody knows.</summary>
    public ulong OwnIncarnation { get; set; }

    /// <summary>Somebody: mostly one of a few, now and then one of a crowd larger than the table.</summary>
    public FuzzKey AnyKey()
    {
        int number = random.Next(3) == 0 ? random.Next(Crowd) : random.Next(Regulars);
        if (!_keys.TryGetValue(number, out FuzzKey? key))
        {
            key = new FuzzKey(number);
            _keys.Add(number, key);
        }
        return key;
    }

    /// <summary>A message, its number in front.</summary>
    public byte[] Next() => random.Next(14) switch
    {
        0 => Message(new Ping(Number(), random.NextInt64()) { Coordinate = Coordinate(), Updates = Updates(16) }),
        1 => Message(new Pong(Number(), random.NextInt64(), 1_767_225_600_000_000 + random.Next())
        {
            Coordinate = Coordinate(),
            Updates = Updates(16),
        }),
        2 => Message(new PingRequest(Number(), Anybody())),
        3 => Message(new PingAnswer(Number(), random.Next(2) == 0)),
        4 or 5 or 6 => Message(new Gossip(Updates(40))),
        7 => IntroductionOf(AnyKey()),
        8 => Message(new TableDigest((ulong)random.NextInt64(), random.Next(5000))),
        9 => Message(new TableSummary([.. Many(200, () => new SummaryEntry(Anybody(), Incarnation()))])),
        10 => Message(new TableEntries(Updates(60), [.. Many(60, Anybody)])),
        11 => Message(new CapabilityRecords([.. Many(8, Capability)], [.. Many(8, Load)])),
        12 => Message(new CapabilityRequest([.. Many(Limits.CapabilityRequestNodes, Anybody)])),
        _ => Message(new CapabilityDigest(Digest.Of(BitConverter.GetBytes(random.Next(3))))),
    };

    /// <summary>The introduction that this peer begins a link with.</summary>
    public byte[] IntroductionOf(FuzzKey peer) => Message(new Introduction(Record(peer, Incarnation())));

    /// <summary>One message, its number in front.</summary>
    public static byte[] Message<T>(T message)
        where T : struct, IMessage<T>
    {
        var output = new ArrayBufferWriter<byte>();
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), (ushort)T.Type);
        output.Advance(2);
        WireMessage.Write(message, output);
        return output.WrittenSpan.ToArray();
    }

    private static SignedBody Sealed(RecordSeal seal, FuzzKey by, Action<IBufferWriter<byte>> write)
    {
        var body = new ArrayBufferWriter<byte>();
        write(body);
        return seal.Sign(by, body.WrittenMemory);
    }

    private MemberUpdate[] Updates(int most) => [.. Many(most, Update)];

    private IEnumerable<T> Many<T>(int most, Func<T> make) => Enumerable.Range(0, random.Next(most + 1)).Select(_ => make());

    private MemberUpdate Update() => random.Next(8) switch
    {
        0 => MemberUpdate.Suspect(Anybody(), Incarnation(), Anybody()),
        1 => MemberUpdate.Dead(Anybody(), Incarnation(), Anybody()),
        2 => MemberUpdate.Suspect(self.Id, OwnIncarnation + (ulong)random.Next(2), Anybody()),
        3 => MemberUpdate.Dead(self.Id, OwnIncarnation, Anybody()),
        // As a copy of the core's key would sign it, rarely.
        4 when random.Next(40) == 0 => MemberUpdate.Of(Record(self, OwnIncarnation + (ulong)random.Next(3))),
        _ => MemberUpdate.Of(Record(AnyKey(), Incarnation())),
    };

    private MemberRecord Record(FuzzKey of, ulong incarnation)
    {
        string[] addresses = [.. Many(4, () => $"{Hosts[random.Next(Hosts.Length)]}:{random.Next(1, 9)}")];
        return MemberSignature.Sign(of, mesh, incarnation, (ulong)random.Next(3), addresses, leaves: random.Next(8) == 0);
    }

    private CapabilityRecord Capability()
    {
        FuzzKey by = AnyKey();
        var stamp = new RecordStamp(Incarnation(), (ulong)random.Next(1, 4));
        var info = new NodeInfo { Node = by.Id, Version = "9", Slots = random.Next(9), Models = [] };
        SignedBody signed = Sealed(_capabilities, by, output =>
        {
            var writer = new MessagePackWriter(output);
            CapabilityRecord.WriteBody(ref writer, by.Id, stamp, info);
            writer.Flush();
        });
        return CapabilityRecord.TryParse(signed, out CapabilityRecord? record, out _) ? record! : throw new InvalidOperationException();
    }

    private LoadRecord Load()
    {
        FuzzKey by = AnyKey();
        var stamp = new RecordStamp(Incarnation(), (ulong)random.Next(1, 4));
        WireCoordinate at = Coordinate() ?? WireCoordinate.Origin;
        SignedBody signed = Sealed(_loads, by, output =>
        {
            var writer = new MessagePackWriter(output);
            LoadRecord.WriteBody(ref writer, by.Id, stamp, (ulong)random.Next(9), random.Next(9), random.Next(9), at);
            writer.Flush();
        });
        return LoadRecord.TryParse(signed, out LoadRecord? load, out _) ? load! : throw new InvalidOperationException();
    }

    private NodeId Anybody() => random.Next(6) == 0 ? self.Id : AnyKey().Id;

    private uint Number() => (uint)random.Next(2000);

    /// <summary>Low ones, so that they meet; and now and then the highest there are.</summary>
    private ulong Incarnation() => random.Next(300) == 0 ? ulong.MaxValue - (ulong)random.Next(3) : (ulong)random.Next(1, 60);

    private WireCoordinate? Coordinate() => random.Next(3) == 0 ? null : WireCoordinate.Origin;
}
