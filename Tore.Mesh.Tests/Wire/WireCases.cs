using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

/// <summary>Every message type, with a generator of its values.</summary>
internal static class WireCases
{
    public static IReadOnlyDictionary<MessageType, WireCase> All { get; } = new WireCase[]
    {
        new WireCase<LinkOpen>(s => new LinkOpen(s.Kind())),
        new WireCase<Goodbye>(s => new Goodbye(s.Text(), s.Text())),
        new WireCase<Ping>(s => new Ping(s.UInt32(), s.Int64()) { Coordinate = Coordinate(s), Updates = Updates(s) }),
        new WireCase<Pong>(s => new Pong(s.UInt32(), s.Int64(), s.Int64()) { Coordinate = Coordinate(s), Updates = Updates(s) }),
        new WireCase<PingRequest>(s => new PingRequest(s.UInt32(), s.Node())),
        new WireCase<PingAnswer>(s => new PingAnswer(s.UInt32(), s.Bool())),
        new WireCase<Gossip>(s => new Gossip(Updates(s))),
        new WireCase<Introduction>(s => new Introduction(Record(s))),
        new WireCase<TableDigest>(s => new TableDigest(s.UInt64(), s.Count())),
        new WireCase<TableSummary>(s => new TableSummary(s.Many(20, () => new SummaryEntry(s.Node(), s.UInt64())))),
        new WireCase<TableEntries>(s => new TableEntries(Updates(s), s.Many(5, s.Node))),
        new WireCase<CapabilityRecords>(s => new CapabilityRecords(
            s.Many(3, () => Capabilities(s.Node(), Stamp(s), NodeInfo(s), s.Guid().ToByteArray())),
            s.Many(3, () => Load(
                s.Node(), Stamp(s), s.UInt64(), s.Count(), s.Count(), Coordinate(s) ?? WireCoordinate.Origin, s.Guid().ToByteArray())))),
        new WireCase<CapabilityDigest>(s => new CapabilityDigest(s.Digest())),
        new WireCase<CapabilitySummary>(s => new CapabilitySummary(
            s.Bool(), new NodeId(Guid.Empty), new NodeId(Guid.AllBitsSet),
            [.. s.Many(20, () => new CapabilityStamp(s.Node(), Stamp(s), s.Digest())).OrderBy(entry => entry.Node)])),
        new WireCase<CapabilityRequest>(s => new CapabilityRequest(s.Many(20, s.Node))),
        new WireCase<DialRequest>(s => new DialRequest(s.Kind(), s.Many(3, s.Text))),
        new WireCase<OpenShard>(s => new OpenShard(s.UInt32(), s.Digest(), s.Layers(), s.Count())),
        new WireCase<ShardOpened>(s => new ShardOpened(s.UInt32(), s.Layers(), s.Count(), s.Count(), s.Text())),
        new WireCase<Refused>(s => new Refused(s.UInt32(), s.Text(), s.Text())),
        new WireCase<OpenSequence>(OpenSequence),
        new WireCase<StartSequence>(StartSequence),
        new WireCase<SequenceOpened>(s => new SequenceOpened(s.UInt32(), s.Count())),
        new WireCase<CloseSequence>(s => new CloseSequence(s.Guid(), s.UInt32())),
        new WireCase<SequenceFailed>(s => new SequenceFailed(s.Guid(), s.UInt32(), s.Text(), s.Text())),
        new WireCase<TokenAck>(s => new TokenAck(s.Guid(), s.UInt32(), s.Count())),
        new WireCase<Activations>(Activations),
        new WireCase<Token>(Token),
        new WireCase<ChunkDone>(s => new ChunkDone(s.Guid(), s.UInt32(), s.Count())),
    }.ToDictionary(c => c.Type);

    /// <summary>A record whose signature nobody made.</summary>
    public static CapabilityRecord Capabilities(NodeId node, RecordStamp stamp, NodeInfo info, byte[] signature)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        CapabilityRecord.WriteBody(ref writer, node, stamp, info);
        writer.Flush();
        var signed = new SignedBody(body.WrittenMemory, signature);
        return CapabilityRecord.TryParse(signed, out CapabilityRecord? record, out WireFailure failure)
            ? record!
            : throw new ArgumentException($"{failure}", nameof(info));
    }

    /// <summary>A load whose signature nobody made.</summary>
    public static LoadRecord Load(
        NodeId node, RecordStamp stamp, ulong number, int slotsInUse, int running, WireCoordinate at, byte[] signature)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        LoadRecord.WriteBody(ref writer, node, stamp, number, slotsInUse, running, at);
        writer.Flush();
        return LoadRecord.TryParse(new SignedBody(body.WrittenMemory, signature), out LoadRecord? load, out WireFailure failure)
            ? load!
            : throw new ArgumentException($"{failure}", nameof(stamp));
    }

    private static RecordStamp Stamp(FieldSource s) => new(s.UInt64(), s.UInt64());

    private static WireCoordinate? Coordinate(FieldSource s)
    {
        float[] numbers = [.. Enumerable.Range(0, WireCoordinate.Numbers - 1).Select(_ => (float)s.Below(1000) / 8), (float)s.Below(9) / 8];
        return s.Bool() && WireCoordinate.TryCreate(numbers, out WireCoordinate value) ? value : null;
    }

    private static MemberUpdate[] Updates(FieldSource s) => s.Many(5, () => s.Below(3) switch
    {
        0 => MemberUpdate.Of(Record(s)),
        1 => MemberUpdate.Suspect(s.Node(), s.UInt64(), s.Node()),
        _ => MemberUpdate.Dead(s.Node(), s.UInt64(), s.Node()),
    });

    private static MemberRecord Record(FieldSource s) => MemberSignature.Sign(
        new KeyedSigner(s.Count()), new MeshId(s.UInt64()), s.UInt64(), s.UInt64(), s.Many(3, s.Text), s.Bool());

    private static NodeInfo NodeInfo(FieldSource s) => new()
    {
        Node = s.Node(),
        HttpAddress = s.MaybeText(),
        Version = s.Text(),
        Isa = s.Text(),
        EngineFingerprint = s.Text(),
        Slots = s.Count(),
        SlotsInUse = s.Count(),
        IsDraining = s.Bool(),
        Hardware = new WireHardware(s.Count(), s.UInt64(), s.Text()),
        Transports = s.Many(3, () => new WireTransport(s.Text(), s.Text(), s.Below(65536), s.Count())),
        Models = s.Many(20, () => new HeldModel(
            s.Digest(), s.Text(), s.Text(), s.Below(Limits.ModelLayers), s.Count(), s.MaybeLayers(), s.MaybeLayers())),
    };

    private static OpenSequence OpenSequence(FieldSource s)
    {
        RouteStage[] stages = [new RouteStage(s.Node(), s.Layers()), .. s.Many(20, () => new RouteStage(s.Node(), s.Layers()))];
        return new OpenSequence
        {
            Call = s.UInt32(),
            Sequence = s.Guid(),
            Route = s.UInt32(),
            Model = s.Digest(),
            Entry = s.Node(),
            Stages = stages,
            Stage = s.Below(stages.Length),
            Positions = s.Count(),
        };
    }

    private static StartSequence StartSequence(FieldSource s) => new()
    {
        Call = s.UInt32(),
        Sequence = s.Guid(),
        Route = s.UInt32(),
        RequestId = s.Text(),
        PromptLength = s.Count(),
        TokensMax = s.Count(),
        Sampling = new WireSampling(s.Finite(), s.Count(), s.Finite(), s.Finite(), s.Finite(), s.UInt64()),
        EndIds = s.Many(4, s.Count),
        PromptIds = s.Many(100, s.Count),
        TopLogProbs = s.Bool() ? s.Below(Limits.WireTopTokens + 1) : null,
        WantsDigest = s.Bool(),
    };

    private static Activations Activations(FieldSource s)
    {
        int count = 1 + s.Below(Limits.PrefillTokens);
        int width = s.Bool() ? 0 : 1 + s.Below(Limits.ActivationBytes / 4 / count);
        int[] ids = width > 0 ? [] : [.. Enumerable.Range(0, count).Select(_ => s.Count())];
        return new Activations(s.Guid(), s.UInt32(), s.Below(int.MaxValue - count), count, width, (ActivationFlags)s.Below(4), ids);
    }

    private static Token Token(FieldSource s) => new()
    {
        Sequence = s.Guid(),
        Route = s.UInt32(),
        Position = s.Count(),
        Id = s.Count(),
        IsLast = s.Bool(),
        LogProb = s.Bool() ? s.Single() : null,
        Top = s.Many(20, () => new WireTopToken(s.Count(), s.Single())),
        LogitsDigest = s.Bool() ? s.Digest() : null,
    };
}
