using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

/// <summary>The messages of <c>schemas/wire</c> as values: each field under its own name, so that a swapped pair shows.</summary>
internal static class WireExamples
{
    private static readonly Guid Sequence = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly NodeId First = Node("0f7b3a5a-1c2d-8e4f-9a0b-1c2d3e4f5061");
    private static readonly NodeId Second = Node("1f7b3a5a-1c2d-8e4f-9a0b-1c2d3e4f5062");
    private static readonly NodeId Third = Node("2f7b3a5a-1c2d-8e4f-9a0b-1c2d3e4f5063");
    private static readonly Digest Model = Digest.Of("model"u8);
    private const string Engine = "tore-1-0123456789abcdef";

    /// <summary>Bodies by "Message/example", as the files name them.</summary>
    public static IReadOnlyDictionary<string, byte[]> Bodies { get; } = new Dictionary<string, byte[]>
    {
        ["LinkOpen/control"] = WireCase.Encode(new LinkOpen(LinkKind.Control)),
        ["LinkOpen/activation"] = WireCase.Encode(new LinkOpen(LinkKind.Activation)),
        ["Goodbye/draining"] = WireCase.Encode(new Goodbye(Code: "draining", Text: "The node is shutting down.")),
        ["Ping/first"] = WireCase.Encode(new Ping(Sequence: 1, SentAtMicroseconds: 1767225600000000)),
        ["Pong/first"] = WireCase.Encode(
            new Pong(Sequence: 1, PingSentAtMicroseconds: 1767225600000000, SentAtMicroseconds: 1767225600000250)),
        ["Ping/buddy"] = WireCase.Encode(new Ping(Sequence: 70000, SentAtMicroseconds: -5)
        {
            Coordinate = Coordinate,
            Updates = [MemberUpdate.Suspect(Second, incarnation: 7, accuser: Third)],
        }),
        ["Pong/news"] = WireCase.Encode(
            new Pong(Sequence: 70000, PingSentAtMicroseconds: -5, SentAtMicroseconds: 1767225600000250)
            {
                Coordinate = Coordinate,
                Updates = [MemberUpdate.Of(Record), MemberUpdate.Dead(Third, incarnation: 2, accuser: First)],
            }),
        ["PingRequest/first"] = WireCase.Encode(new PingRequest(Sequence: 300, Third)),
        ["PingAnswer/yes"] = WireCase.Encode(new PingAnswer(Sequence: 300, Answered: true)),
        ["PingAnswer/no"] = WireCase.Encode(new PingAnswer(Sequence: 301, Answered: false)),
        ["Gossip/each_kind"] = WireCase.Encode(new Gossip(
        [
            MemberUpdate.Of(Record),
            MemberUpdate.Suspect(Second, incarnation: ulong.MaxValue, accuser: First),
            MemberUpdate.Dead(Third, incarnation: 300, accuser: Second),
        ])),
        ["Introduction/first"] = WireCase.Encode(new Introduction(Record)),
        ["TableDigest/three"] = WireCase.Encode(new TableDigest(Digest: 0x8899aabbccddeeff, Count: 3)),
        ["TableSummary/two"] = WireCase.Encode(new TableSummary([new SummaryEntry(First, 300), new SummaryEntry(Second, 1)])),
        ["TableEntries/both"] = WireCase.Encode(new TableEntries([MemberUpdate.Of(Record)], [Second, Third])),
        ["TableEntries/nothing"] = WireCase.Encode(new TableEntries([], [])),
        ["CapabilityRecords/full"] = WireCase.Encode(new CapabilityRecords([Capabilities, FewCapabilities], [Load])),
        ["CapabilityRecords/nothing"] = WireCase.Encode(new CapabilityRecords([], [])),
        ["CapabilityDigest/first"] = WireCase.Encode(new CapabilityDigest(Model)),
        ["CapabilitySummary/whole"] = WireCase.Encode(new CapabilitySummary(
            IsOffer: false, After: new NodeId(Guid.Empty), Last: new NodeId(Guid.AllBitsSet),
            [
                new CapabilityStamp(First, new RecordStamp(Incarnation: 300, Version: 2), Model),
                new CapabilityStamp(Second, new RecordStamp(Incarnation: 1, Version: 1), Digest.Of("other"u8)),
            ])),
        ["CapabilitySummary/offer"] = WireCase.Encode(new CapabilitySummary(IsOffer: true, After: First, Last: Second,
            [new CapabilityStamp(Second, new RecordStamp(Incarnation: 1, Version: 70000), Digest.Of("other"u8))])),
        ["CapabilityRequest/two"] = WireCase.Encode(new CapabilityRequest([Second, Third])),
        ["DialRequest/activation"] = WireCase.Encode(new DialRequest(LinkKind.Activation, ["198.51.100.4:7601"])),
        ["OpenShard/range"] = WireCase.Encode(new OpenShard(Call: 7, Model, new LayerRange(3, 5), ContextLength: 512)),
        ["ShardOpened/range"] = WireCase.Encode(
            new ShardOpened(Call: 7, new LayerRange(3, 5), Slots: 4, ContextLength: 512, EngineFingerprint: Engine)),
        ["Refused/memory"] = WireCase.Encode(
            new Refused(Call: 8, Code: "memory_budget_exceeded", Text: "Layers 3-5 need 2.1 GB; 1.5 GB are left.")),
        ["OpenSequence/seeded"] = WireCase.Encode(new OpenSequence
        {
            Call = 9,
            Sequence = Sequence,
            Route = 1,
            Model = Model,
            Entry = First,
            Stages = [new RouteStage(First, new LayerRange(0, 2)), new RouteStage(Second, new LayerRange(3, 5))],
            Stage = 1,
            Positions = 200,
        }),
        ["OpenSequence/whole"] = WireCase.Encode(new OpenSequence
        {
            Call = 10,
            Sequence = Sequence,
            Route = 2,
            Model = Model,
            Entry = First,
            Stages = [new RouteStage(Third, new LayerRange(0, 5))],
            Stage = 0,
            Positions = 100000,
        }),
        ["StartSequence/seeded"] = WireCase.Encode(new StartSequence
        {
            Call = 11,
            Sequence = Sequence,
            Route = 1,
            RequestId = "req-1",
            PromptLength = 12,
            TokensMax = 128,
            Sampling = new WireSampling(
                Temperature: 0.7f, TopK: 40, TopP: 0.95f, MinP: 0.05f, RepeatPenalty: 1.1f, Seed: ulong.MaxValue),
            EndIds = new[] { 2, 32000 },
            PromptIds = new[] { 1, 9038, 2501, 263, 931 },
            TopLogProbs = 5,
            WantsDigest = true,
        }),
        ["StartSequence/greedy"] = WireCase.Encode(new StartSequence
        {
            Call = 12,
            Sequence = Sequence,
            Route = 2,
            PromptLength = 70000,
            TokensMax = 30000,
            Sampling = new WireSampling(Temperature: 0, TopK: 0, TopP: 1, MinP: 0, RepeatPenalty: 1, Seed: 0),
        }),
        ["SequenceOpened/first"] = WireCase.Encode(new SequenceOpened(Call: 9, WaitingRowsMax: 1024)),
        ["CloseSequence/first"] = WireCase.Encode(new CloseSequence(Sequence, Route: 1)),
        ["SequenceFailed/overflow"] = WireCase.Encode(
            new SequenceFailed(Sequence, Route: 1, Code: "numeric_overflow", Text: "Layer 4 gave a value that is not finite.")),
        ["TokenAck/first"] = WireCase.Encode(new TokenAck(Sequence, Route: 1, Position: 130)),
        ["Activations/ids"] = WireCase.Encode(
            new Activations(Sequence, Route: 1, Position: 0, Count: 3, Width: 0, ActivationFlags.None, new[] { 1, 300, 70000 })),
        ["Activations/rows"] = WireCase.Encode(
            new Activations(Sequence, Route: 1, Position: 12, Count: 2, Width: 3, ActivationFlags.Sample, Ids: default)),
        ["Token/plain"] = WireCase.Encode(new Token { Sequence = Sequence, Route = 1, Position = 12, Id = 263 }),
        ["Token/last"] = WireCase.Encode(new Token
        {
            Sequence = Sequence,
            Route = 1,
            Position = 139,
            Id = 2,
            IsLast = true,
            LogProb = -0.25f,
            Top = new[] { new WireTopToken(2, -0.25f), new WireTopToken(29889, -1.5f) },
            LogitsDigest = Digest.Of("logits"u8),
        }),
        ["ChunkDone/first"] = WireCase.Encode(new ChunkDone(Sequence, Route: 1, Position: 512)),
    };

    /// <summary>The wire does not look into signatures.</summary>
    private static CapabilityRecord Capabilities => WireCases.Capabilities(First, new RecordStamp(Incarnation: 300, Version: 2),
        new NodeInfo
        {
            HttpAddress = "http://127.0.0.1:7600",
            Version = "0.1.0",
            Isa = "avx512-vnni",
            EngineFingerprint = Engine,
            Slots = 4,
            Hardware = new WireHardware(Cores: 8, MemoryBytes: 17179869184, Processor: "EPYC 7B13"),
            Transports =
            [
                new WireTransport("tore", Version: "1", Port: 7601, Priority: 0),
                new WireTransport("http", Version: "1.1", Port: 7600, Priority: 1),
            ],
            Models = [new HeldModel(Model, "stories", "llama", LayerCount: 6, ContextLength: 512, Limit: null, Open: new LayerRange(0, 2))],
        },
        signature: [10, 11, 12, 13]);

    private static CapabilityRecord FewCapabilities => WireCases.Capabilities(Second, new RecordStamp(Incarnation: 1, Version: 1),
        new NodeInfo { Version = "0.1.0", Isa = "portable", IsDraining = true }, signature: [1, 2, 3, 4]);

    private static LoadRecord Load => WireCases.Load(
        First, new RecordStamp(Incarnation: 300, Version: 2), number: 7, slotsInUse: 3, running: 1, Coordinate!.Value, [10, 11, 12, 13]);

    private static WireCoordinate? Coordinate =>
        WireCoordinate.TryCreate([0.5f, -0.25f, 0, 1, 2, 3, 4, -8, 0.125f, 1], out WireCoordinate value) ? value : null;

    /// <summary>Its key and signature are bytes that nobody made: the wire does not look into them.</summary>
    private static MemberRecord Record => MemberRecord.FromBody(
        Convert.FromHexString("96" + "c4100f7b3a5a1c2d8e4f9a0b1c2d3e4f5061" + "c40401020304" + "cd012c" + "cf8899aabbccddeeff"
            + "91ae3139322e302e322e373a37363031" + "c2"),
        Convert.FromHexString("0a0b0c0d"));

    private static NodeId Node(string text) => new(Guid.Parse(text));
}
