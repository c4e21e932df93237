using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>What a process's exit code says (docs/cli.md); the error's own code says it more exactly.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>Anything that no other code names.</summary>
    public const int Failure = 1;

    /// <summary>The command line itself: an unknown option, a missing argument, a value out of range.</summary>
    public const int Usage = 2;

    /// <summary>The model file, its tokenizer or its template.</summary>
    public const int Model = 3;

    /// <summary>The request: an empty prompt, a prompt longer than the context, an unsupported parameter.</summary>
    public const int Request = 4;

    /// <summary>A resource that is taken or too small: memory, ports, slots, the data folder.</summary>
    public const int Resource = 5;

    /// <summary>Another node or server: unreachable, refused, lost on the way.</summary>
    public const int Network = 6;

    /// <summary>Ended by SIGINT; SIGTERM gives 143, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>The exit code for one of <see cref="ErrorCodes"/>.</summary>
    public static int Of(string errorCode) => errorCode switch
    {
        ErrorCodes.Usage => Usage,
        ErrorCodes.ModelNotFound or ErrorCodes.ModelAmbiguous or ErrorCodes.ModelMalformed or ErrorCodes.ModelTruncated
            or ErrorCodes.ModelLimit or ErrorCodes.ModelBadValue or ErrorCodes.ModelUnsupported or ErrorCodes.UnknownArchitecture
            or ErrorCodes.UnknownTensorType or ErrorCodes.UnknownTokenizer or ErrorCodes.TemplateUnsupported or ErrorCodes.TemplateRefused
            or ErrorCodes.TemplateLimit or ErrorCodes.FileNotReadable or ErrorCodes.NumericOverflow => Model,
        ErrorCodes.ContextLengthExceeded or ErrorCodes.InvalidStages or ErrorCodes.EmptyPrompt or ErrorCodes.InvalidRequest
            or ErrorCodes.InviteMalformed or ErrorCodes.InviteExpired or ErrorCodes.MeshNotFound or ErrorCodes.MeshExists
            or ErrorCodes.UnsupportedParameter or ErrorCodes.NotFound or ErrorCodes.PayloadTooLarge or ErrorCodes.UnsupportedMediaType =>
                Request,
        ErrorCodes.MemoryBudgetExceeded or ErrorCodes.Busy or ErrorCodes.Draining or ErrorCodes.ModelNotReady or ErrorCodes.PortInUse
            or ErrorCodes.AddressNotAvailable or ErrorCodes.DataFolderLocked or ErrorCodes.DataFolderFormat or ErrorCodes.NotLoopback
            or ErrorCodes.FileNotWritable or ErrorCodes.MeshMalformed or ErrorCodes.KeyMalformed or ErrorCodes.KeyExposed
            or ErrorCodes.KeyNotSaved or ErrorCodes.DuplicateKey => Resource,
        ErrorCodes.HandshakeFailed or ErrorCodes.HandshakeTimeout or ErrorCodes.WrongMesh or ErrorCodes.WireVersion
            or ErrorCodes.WireMalformed or ErrorCodes.WireLimit or ErrorCodes.PeerUnreachable or ErrorCodes.StageLost
            or ErrorCodes.PeerCertificate or ErrorCodes.TlsRefused or ErrorCodes.WrongProof or ErrorCodes.WrongPeer or ErrorCodes.PeerIsSelf
            or ErrorCodes.LinkClosed or ErrorCodes.TooManyLinks or ErrorCodes.Banned or ErrorCodes.NotAllowed
            or ErrorCodes.Unauthorized or ErrorCodes.ForbiddenOrigin => Network,
        ErrorCodes.Cancelled => Interrupted,
        _ => Failure,
    };
}
