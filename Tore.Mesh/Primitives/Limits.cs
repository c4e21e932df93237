namespace Tore.Mesh.Primitives;

/// <summary>Every limit of the product, in one place, each with its unit in the name and its reason beside it.</summary>
public static class Limits
{
    // Model files: far above any real model, far below what would hurt.
    /// <summary>Metadata entries of one GGUF file; real files have some 50.</summary>
    public const int GgufMetadataEntries = 65_536;

    /// <summary>Elements of one metadata array; the largest vocabularies have some 300,000 tokens and 600,000 merges.</summary>
    public const int GgufArrayElements = 4_194_304;

    /// <summary>Nesting of metadata arrays; real files have one level.</summary>
    public const int GgufArrayDepth = 4;

    /// <summary>Bytes of one metadata string or key; chat templates reach 20 kB.</summary>
    public const int GgufStringBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of all metadata of one file, as stored.</summary>
    public const long GgufMetadataBytes = 256L * 1024 * 1024;

    /// <summary>Tensors of one model; a 126-layer model has some 1,200.</summary>
    public const int GgufTensors = 65_536;

    /// <summary>Bytes of a metadata key; real ones have some 50, the format allows 65,535.</summary>
    public const int GgufKeyBytes = 1_024;

    /// <summary>Bytes of a tensor's name; the format says 64.</summary>
    public const int GgufTensorNameBytes = 256;

    /// <summary>Elements of one tensor, and each of its dimensions: 280 thousand billion.</summary>
    public const long GgufTensorElements = 1L << 48;

    /// <summary>Parts of a split model.</summary>
    public const int GgufParts = 1_024;

    /// <summary>Largest alignment of tensor data in bytes; files use 32.</summary>
    public const int GgufAlignmentBytes = 65_536;

    /// <summary>Layers of one model.</summary>
    public const int ModelLayers = 1_024;

    /// <summary>Models whose identity is remembered.</summary>
    public const int IdentityCacheEntries = 256;

    /// <summary>Bytes of the file of remembered identities; one entry has some 200, more for split models.</summary>
    public const int IdentityCacheBytes = 16 * 1024 * 1024;

    /// <summary>Largest width, feed-forward width or vocabulary.</summary>
    public const int ModelDimension = 2_097_152;

    // Chat templates: a template is a program from a stranger.
    /// <summary>Evaluation steps of one rendering.</summary>
    public const int TemplateSteps = 1_000_000;

    /// <summary>Bytes of rendered text.</summary>
    public const int TemplateOutputBytes = 4 * 1024 * 1024;

    /// <summary>Nesting of expressions, blocks and values.</summary>
    public const int TemplateDepth = 64;

    /// <summary>Elements that <c>range()</c> may give.</summary>
    public const int TemplateRange = 10_000;

    // Tokenizers.
    /// <summary>UTF-16 units of one special token; real ones have some 40. It bounds the time of looking for them.</summary>
    public const int SpecialTokenChars = 512;

    // Activation routes.
    /// <summary>Bytes of one activation tensor in a frame or a forward call.</summary>
    public const int ActivationBytes = 16 * 1024 * 1024;

    /// <summary>Tokens of one prefill chunk at most; see <see cref="PrefillChunkTokens"/>.</summary>
    public const int PrefillTokens = 512;

    /// <summary>Steps that a pipeline may run ahead of what the entry node has acknowledged.</summary>
    public const int TokensAhead = 4;

    // Links.
    /// <summary>Bytes of one control frame.</summary>
    public const int ControlFrameBytes = 1024 * 1024;

    /// <summary>Time from the first byte of a link to its last proof.</summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);

    /// <summary>Peers with a standing control link.</summary>
    public const int ControlPeers = 128;

    /// <summary>Bytes of the MessagePack header before an activation tensor; 512 token ids are some 2.6 kB.</summary>
    public const int ActivationHeaderBytes = 64 * 1024;

    /// <summary>Bytes of one frame on an activation link: header and tensor.</summary>
    public const int ActivationFrameBytes = ActivationHeaderBytes + ActivationBytes;

    /// <summary>Bytes that wait to be sent on a control link before messages are refused or held: two of the largest frames.</summary>
    public const int ControlQueueBytes = 2 * ControlFrameBytes;

    /// <summary>
    /// Bytes that wait to be sent on an activation link: four of the largest frames, as many as <see cref="TokensAhead"/>.
    /// </summary>
    public const int ActivationQueueBytes = 4 * ActivationFrameBytes;

    /// <summary>Bytes received on a connection and not yet read, beyond which the peer is made to wait.</summary>
    public const int ReceiveBufferBytes = 1024 * 1024;

    /// <summary>Time for a connection to come up (TCP, name look-up included).</summary>
    public static readonly TimeSpan Dial = TimeSpan.FromSeconds(5);

    /// <summary>How long a closed connection may take to send what it still holds and to see the peer close.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>Incoming links in their handshake at once; further ones are closed unread.</summary>
    public const int PendingHandshakes = 64;

    /// <summary>Incoming links in their handshake from one address other than loopback, so that one host cannot shut others out.</summary>
    public const int PendingHandshakesPerAddress = 16;

    /// <summary>Open links that one peer may have dialled here, of both kinds.</summary>
    public const int LinksPerPeer = 16;

    /// <summary>Control messages that wait for links which are dialled on demand.</summary>
    public const int ParkedMessages = 1_024;

    /// <summary>Refused links, by address, peer and reason, that a node remembers for `tore doctor`.</summary>
    public const int RefusedLinks = 64;

    // Wire messages: what a reader accepts before it allocates.
    /// <summary>Bytes of a name, label, address or id in a message.</summary>
    public const int WireNameBytes = 256;

    /// <summary>Bytes of a text for people in a message.</summary>
    public const int WireTextBytes = 4096;

    /// <summary>Nesting of what a reader skips.</summary>
    public const int WireDepth = 16;

    /// <summary>Addresses of one node in a message.</summary>
    public const int WireAddresses = 32;

    /// <summary>Models that one node says it holds.</summary>
    public const int WireModels = 256;

    /// <summary>Stages of one route.</summary>
    public const int WireStages = 256;

    /// <summary>End tokens of a request.</summary>
    public const int WireEndIds = 256;

    /// <summary>Alternatives told with a token.</summary>
    public const int WireTopTokens = 64;

    /// <summary>Models that one node serves or tells of.</summary>
    public const int NodeModels = 64;

    /// <summary>Sequences that one stage may run at once; <c>--slots</c> is at most this.</summary>
    public const int StageSlots = 256;

    /// <summary>Addresses of nodes that a node remembers.</summary>
    public const int KnownAddresses = 1_024;

    /// <summary>Addresses that one node may tell of itself.</summary>
    public const int NodeAddresses = 16;

    /// <summary>Largest number of a network coordinate, milliseconds: a minute, far above any round trip that is worth a link.</summary>
    public const float CoordinateMilliseconds = 60_000;

    // Private meshes.
    /// <summary>Addresses in one invite; it must stay short enough to be scanned from a screen.</summary>
    public const int InviteAddresses = 8;

    /// <summary>Characters of an invite, spaces and line ends included; the longest that can be made has some 4,000.</summary>
    public const int InviteCharacters = 8_192;

    /// <summary>Private meshes in one data folder.</summary>
    public const int Meshes = 256;

    /// <summary>Bytes of a file that keeps one mesh; a real one has some 500.</summary>
    public const int MeshFileBytes = 64 * 1024;

    /// <summary>Node ids on an allow or a ban list.</summary>
    public const int AdmissionEntries = 4_096;

    // Capability index: every member holds every member's record.
    /// <summary>Bytes of the body of one capability record: some hundred models with short names.</summary>
    public const int CapabilityRecordBytes = 16 * 1024;

    /// <summary>Bytes of the body of one load record; it has some 100.</summary>
    public const int LoadRecordBytes = 512;

    /// <summary>Records in one message.</summary>
    public const int CapabilityMessageRecords = 1_024;

    /// <summary>Bytes of records in one message, far below <see cref="ControlFrameBytes"/>: a ping waits behind it.</summary>
    public const int CapabilityMessageBytes = 128 * 1024;

    /// <summary>Entries of one summary; more take several messages.</summary>
    public const int CapabilitySummaryEntries = 1_024;

    /// <summary>Records asked for at once: the largest are 1 MiB together, which a send queue holds.</summary>
    public const int CapabilityRequestNodes = 64;

    /// <summary>Records of nodes that are no members yet, kept for a while; the oldest makes way for the next.</summary>
    public const int CapabilityStrangers = 64;

    /// <summary>Transports that one node says it serves.</summary>
    public const int WireTransports = 8;

    // Discovery: anybody on the network segment may send these.
    /// <summary>Bytes of one mDNS packet (RFC 6762 §17).</summary>
    public const int MdnsPacketBytes = 9_000;

    /// <summary>Questions and records of one mDNS packet; real ones have some 10.</summary>
    public const int MdnsRecords = 256;

    /// <summary>Nodes of other meshes that are remembered, for <c>tore doctor</c>.</summary>
    public const int Strangers = 128;

    /// <summary>Bytes of an mDNS packet that is sent: fits an Ethernet frame with IPv6 (RFC 6762 §17).</summary>
    public const int MdnsSendBytes = 1_440;

    /// <summary>Service instances remembered from mDNS on one link; when full, those of the most talkative address make room.</summary>
    public const int MdnsNodes = 1_024;

    /// <summary>Packets of one mDNS query with its known answers; what does not fit is answered again.</summary>
    public const int MdnsQueryPackets = 8;

    /// <summary>mDNS packets with questions of our own a second, and at once.</summary>
    public const int MdnsQueriesPerSecond = 10;

    /// <summary>mDNS answers to single askers a second, and twice as many at once: what a forged sender can cause.</summary>
    public const int MdnsRepliesPerSecond = 20;

    /// <summary>Of these, those to one address.</summary>
    public const int MdnsRepliesPerAsker = 5;

    /// <summary>mDNS packets read from one address a second, and twice as many at once; more are dropped unread.</summary>
    public const int MdnsPacketsPerSecond = 100;

    /// <summary>Addresses whose mDNS packets are counted; further ones share one count.</summary>
    public const int MdnsSources = 256;

    /// <summary>Received mDNS packets that wait on one interface; more are dropped, and come again.</summary>
    public const int MdnsPacketsWaiting = 256;

    // Membership: a member may say anything, and anybody may make keys.
    /// <summary>Members that are alive or suspect; further ones are not taken in. A summary of them is some 110 kB.</summary>
    public const int Members = 4_096;

    /// <summary>Members remembered after they died or left; the oldest makes way for the next.</summary>
    public const int Tombstones = 4_096;

    /// <summary>Bytes of a member record: key, numbers, and <see cref="NodeAddresses"/> of the longest addresses.</summary>
    public const int MemberRecordBytes = 5 * 1024;

    /// <summary>Newer records of one member that are taken at once; it makes one a second, whatever is said of it.</summary>
    public const int MemberRecordBurst = 8;

    /// <summary>Newer records of one member that are taken a second, in the long run.</summary>
    public const int MemberRecordsPerSecond = 2;

    /// <summary>Signatures of member records that are checked at once of what one peer brings: some 0.2 s of work.</summary>
    public const int SignatureCheckBurst = 512;

    /// <summary>Signatures of member records that are checked a second of what one peer brings, in the long run.</summary>
    public const int SignatureChecksPerSecond = 64;

    /// <summary>Updates that a reader takes in one ping or pong.</summary>
    public const int PingUpdates = 64;

    /// <summary>Updates that a reader takes in one message of gossip or table entries.</summary>
    public const int MessageUpdates = 4_096;

    /// <summary>Bytes of updates that ride on one ping or pong: three or four records, or some thirty claims.</summary>
    public const int PingUpdateBytes = 1_200;

    /// <summary>Bytes of updates in one message of gossip: some hundred records.</summary>
    public const int GossipBytes = 32 * 1024;

    /// <summary>Bytes of updates in one message of table entries, far below a frame: a ping waits behind it.</summary>
    public const int TableEntriesBytes = 128 * 1024;

    /// <summary>Probes under way on behalf of others, and of any one of them; further requests are answered with no.</summary>
    public const int RelayedProbes = 256;

    /// <inheritdoc cref="RelayedProbes"/>
    public const int RelayedProbesPerPeer = 16;

    // Requests.
    /// <summary>Requests that wait at an entry node for a slot.</summary>
    public const int WaitingRequests = 64;

    /// <summary>Requests that wait for the slots of one stage, of all entry nodes together.</summary>
    public const int StageWaiting = 1_024;

    /// <summary>Longest wait for a slot.</summary>
    public static readonly TimeSpan SlotWait = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may leave its stream unread before it loses its slot.</summary>
    public static readonly TimeSpan UnreadStream = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a stream carries a comment during prefill.</summary>
    public static readonly TimeSpan StreamComment = TimeSpan.FromSeconds(10);

    /// <summary>Wait for a model whose layers are not all there yet.</summary>
    public static readonly TimeSpan ModelReadyWait = TimeSpan.FromSeconds(10);

    /// <summary>Longest drain at shutdown.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that a command reads from standard input.</summary>
    public const int StandardInputBytes = 256 * 1024 * 1024;

    /// <summary>Characters of a request id that a client chooses.</summary>
    public const int RequestIdCharacters = 256;

    /// <summary>Silence after which a forward call's KV is freed.</summary>
    public static readonly TimeSpan ForwardIdle = TimeSpan.FromSeconds(60);

    // HTTP.
    /// <summary>Bytes of a request body other than activations.</summary>
    public const int HttpBodyBytes = 1024 * 1024;

    /// <summary>Bytes of a forward call's body: base64 of <see cref="ActivationBytes"/> and its JSON.</summary>
    public const int HttpActivationBodyBytes = (ActivationBytes / 3 * 4) + 4 + (64 * 1024);

    /// <summary>Open HTTP connections.</summary>
    public const int HttpConnections = 512;

    /// <summary>Open HTTP connections of one address; loopback is exempt.</summary>
    public const int HttpConnectionsPerAddress = 16;

    /// <summary>Open HTTP connections that were upgraded to another protocol.</summary>
    public const int HttpUpgradedConnections = 128;

    /// <summary>The largest prefill chunk for a model of this width, so that one chunk fits one frame.</summary>
    /// <param name="width">Embedding length of the model.</param>
    public static int PrefillChunkTokens(int width) => Math.Clamp(ActivationBytes / (4 * width), 1, PrefillTokens);
}
