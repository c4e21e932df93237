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
    public const int SpecialTokenChars = 1_024;

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

    /// <summary>Models that one node serves or tells of.</summary>
    public const int NodeModels = 64;

    /// <summary>Sequences that one stage may run at once; <c>--slots</c> is at most this.</summary>
    public const int StageSlots = 256;

    /// <summary>Addresses of nodes that a node remembers.</summary>
    public const int KnownAddresses = 1_024;

    /// <summary>Addresses that one node may tell of itself.</summary>
    public const int NodeAddresses = 16;

    // Requests.
    /// <summary>Requests that wait at an entry node for a slot.</summary>
    public const int WaitingRequests = 64;

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

    /// <summary>Silence after which a forward call's KV is freed.</summary>
    public static readonly TimeSpan ForwardIdle = TimeSpan.FromSeconds(60);

    // HTTP.
    /// <summary>Bytes of a request body other than activations.</summary>
    public const int HttpBodyBytes = 1024 * 1024;

    /// <summary>Bytes of a forward call's body: base64 of <see cref="ActivationBytes"/> and its JSON.</summary>
    public const int HttpActivationBodyBytes = (ActivationBytes / 3 * 4) + 4 + (64 * 1024);

    /// <summary>Open HTTP connections.</summary>
    public const int HttpConnections = 512;

    /// <summary>The largest prefill chunk for a model of this width, so that one chunk fits one frame.</summary>
    /// <param name="width">Embedding length of the model.</param>
    public static int PrefillChunkTokens(int width) => Math.Clamp(ActivationBytes / (4 * width), 1, PrefillTokens);
}
