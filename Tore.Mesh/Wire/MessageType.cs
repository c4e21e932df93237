namespace Tore.Mesh.Wire;

/// <summary>
/// The number of each message on the wire. Numbers are explicit and never reused: a message that goes keeps its number here,
/// named Retired. <c>schemas/wire.md</c> lists them all; <c>schemas/wire</c> holds their golden bytes.
/// </summary>
internal enum MessageType : ushort
{
    // Both kinds of link.
    LinkOpen = 1,
    Goodbye = 2,

    // Control: members.
    Ping = 16,
    Pong = 17,
    // 18 and 19 are retired: they said what a node is and whom it knows, which records do now.
    DialRequest = 20,

    // Control: shards.
    OpenShard = 24,
    ShardOpened = 25,
    Refused = 26,

    // Control: sequences. Close, failure and acknowledgement are taken on activation links too, where they keep their place among
    // the frames.
    OpenSequence = 32,
    SequenceOpened = 33,
    CloseSequence = 34,
    SequenceFailed = 35,
    TokenAck = 36,
    StartSequence = 37,

    // Activation links.
    Activations = 64,
    Token = 65,
    ChunkDone = 66,

    // Control: membership. Ping and Pong belong here too.
    PingRequest = 80,
    PingAnswer = 81,
    Gossip = 82,
    Introduction = 83,
    TableDigest = 84,
    TableSummary = 85,
    TableEntries = 86,

    // Control: what nodes can do.
    CapabilityRecords = 96,
    CapabilityDigest = 97,
    CapabilitySummary = 98,
    CapabilityRequest = 99,
}
