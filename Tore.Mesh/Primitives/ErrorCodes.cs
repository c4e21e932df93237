namespace Tore.Mesh.Primitives;

/// <summary>The stable error codes. A code is never renamed or reused; <c>docs/errors.md</c> says what each means.</summary>
public static class ErrorCodes
{
    // Models
    public const string ModelNotFound = "model_not_found";
    public const string ModelNotReady = "model_not_ready";
    public const string ModelAmbiguous = "model_ambiguous";
    public const string ModelMalformed = "model_malformed";
    public const string ModelTruncated = "model_truncated";
    public const string ModelLimit = "model_limit";
    public const string ModelBadValue = "model_bad_value";
    public const string ModelUnsupported = "model_unsupported";
    public const string UnknownArchitecture = "unknown_architecture";
    public const string UnknownTensorType = "unknown_tensor_type";
    public const string UnknownTokenizer = "unknown_tokenizer";
    public const string TemplateUnsupported = "template_unsupported";
    public const string TemplateRefused = "template_refused";
    public const string TemplateLimit = "template_limit";

    // Inference
    public const string ContextLengthExceeded = "context_length_exceeded";
    public const string MemoryBudgetExceeded = "memory_budget_exceeded";
    public const string NumericOverflow = "numeric_overflow";
    public const string InvalidStages = "invalid_stages";
    public const string EmptyPrompt = "empty_prompt";
    public const string Cancelled = "cancelled";

    // Requests
    public const string Usage = "usage";
    public const string InvalidRequest = "invalid_request";
    public const string UnsupportedParameter = "unsupported_parameter";
    public const string Busy = "busy";
    public const string Draining = "draining";
    public const string NotFound = "not_found";
    public const string Unauthorized = "unauthorized";
    public const string ForbiddenOrigin = "forbidden_origin";
    public const string PayloadTooLarge = "payload_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";

    // Links
    public const string HandshakeFailed = "handshake_failed";
    public const string HandshakeTimeout = "handshake_timeout";
    public const string WrongMesh = "wrong_mesh";
    public const string WireVersion = "wire_version";
    public const string WireMalformed = "wire_malformed";
    public const string WireLimit = "wire_limit";
    public const string PeerUnreachable = "peer_unreachable";
    public const string StageLost = "stage_lost";
    public const string PeerCertificate = "peer_certificate";
    public const string TlsRefused = "tls_refused";
    public const string WrongProof = "wrong_proof";
    public const string WrongPeer = "wrong_peer";
    public const string PeerIsSelf = "peer_is_self";
    public const string LinkClosed = "link_closed";
    public const string TooManyLinks = "too_many_links";
    public const string Banned = "banned";
    public const string NotAllowed = "not_allowed";
    public const string AddressNotAvailable = "address_not_available";

    // Identity
    public const string KeyMalformed = "key_malformed";
    public const string KeyExposed = "key_exposed";
    public const string KeyNotSaved = "key_not_saved";
    public const string DuplicateKey = "duplicate_key";

    // Private meshes
    public const string InviteMalformed = "invite_malformed";
    public const string InviteExpired = "invite_expired";
    public const string MeshNotFound = "mesh_not_found";
    public const string MeshExists = "mesh_exists";
    public const string MeshMalformed = "mesh_malformed";

    // Operation
    public const string PortInUse = "port_in_use";
    public const string DataFolderLocked = "data_folder_locked";
    public const string DataFolderFormat = "data_folder_format";
    public const string NotLoopback = "not_loopback";
    public const string FileNotReadable = "file_not_readable";
    public const string FileNotWritable = "file_not_writable";
    public const string Internal = "internal_error";
}
