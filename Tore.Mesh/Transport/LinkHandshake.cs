using System.Buffers;
using System.Security.Cryptography;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Transport;

/// <summary>
/// The link handshake as a plain state machine: bytes in, bytes and a verdict out. It reads no clock, owns no connection and
/// draws no nonce. One object serves one link.
/// <code>
/// dialler                      acceptor
///   hello   ----------------->
///           &lt;-----------------   hello          both at once
///   proof   ----------------->                  1. the dialler proves first
///           &lt;-----------------   proof          2. then the acceptor
///   LinkOpen frame ---------->                  3. what the link is for
/// </code>
/// Whatever fails, nothing more is said: a stranger learns no more than our hello.
/// </summary>
internal sealed class LinkHandshake
{
    /// <summary>A LinkOpen frame that a newer version may have added to.</summary>
    private const int LinkOpenBytesMax = 256;

    private readonly LinkRole _role;
    private readonly MeshSecret _mesh;
    private readonly WireVersions _versions;
    private readonly LinkIdentity _local;
    private readonly LinkIdentity _remote;
    private readonly byte[] _hello;
    private byte[] _remoteHello = [];
    private State _state = State.ReadsHello;

    /// <param name="role">Which end this is.</param>
    /// <param name="kind">What the dialler asks for; unused by the acceptor.</param>
    /// <param name="options">Mesh, versions and own identity.</param>
    /// <param name="remote">Whom the transport says the peer is.</param>
    /// <param name="nonce">32 bytes from a cryptographic generator, never used before.</param>
    public LinkHandshake(LinkRole role, LinkKind kind, LinkOptions options, LinkIdentity remote, ReadOnlySpan<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, LinkHello.NonceBytes);
        _role = role;
        Kind = kind;
        _mesh = options.Mesh;
        _versions = options.Versions;
        _local = options.Identity;
        _remote = remote;
        _hello = LinkHello.Create(_versions, _mesh.Id, nonce);
    }

    private enum State
    {
        ReadsHello,
        ReadsProof,
        ReadsKind,
        Done,
    }

    /// <summary>The bytes to send before anything is read.</summary>
    public ReadOnlyMemory<byte> Hello => _hello;

    /// <summary>Whether the link stands; the input then begins with its first frame.</summary>
    public bool IsDone => _state == State.Done;

    /// <summary>The link's kind: what the dialler asked for.</summary>
    public LinkKind Kind { get; private set; }

    /// <summary>The wire version that both speak, once the hellos are read.</summary>
    public ushort WireVersion { get; private set; }

    /// <summary>What this end still waits for, for the timeout's message.</summary>
    public string Waiting => _state switch
    {
        State.ReadsHello => "its hello",
        State.ReadsProof => "its proof",
        State.ReadsKind => "the kind of the link",
        _ => "nothing",
    };

    /// <summary>
    /// Takes what it can off the front of <paramref name="input"/>, and writes what is to be sent to <paramref name="output"/>.
    /// Throws the failure that ends the link: <c>wire_malformed</c>, <c>wire_version</c>, <c>wrong_mesh</c>, <c>wrong_proof</c>,
    /// <c>peer_is_self</c>.
    /// </summary>
    public void Advance(ref ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        while (_state switch
        {
            State.ReadsHello => TryReadHello(ref input, output),
            State.ReadsProof => TryReadProof(ref input, output),
            State.ReadsKind => TryReadKind(ref input),
            _ => false,
        })
        {
        }
    }

    private bool TryReadHello(ref ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        Span<byte> hello = stackalloc byte[LinkHello.Size];
        int present = (int)Math.Min(input.Length, LinkHello.Size);
        input.Slice(0, present).CopyTo(hello);
        // A stranger is recognised by its first bytes, without waiting for fifty.
        int magic = Math.Min(present, LinkHello.Magic.Length);
        if (!hello[..magic].SequenceEqual(LinkHello.Magic[..magic]))
        {
            throw new ToreException(ErrorCodes.WireMalformed, "The peer speaks another protocol: its first bytes are not a tore hello.");
        }
        if (present < LinkHello.Size)
        {
            return false;
        }
        Judge(hello);
        _remoteHello = hello.ToArray();
        input = input.Slice(LinkHello.Size);
        if (_role == LinkRole.Dialler)
        {
            output.Write(Proof(LinkRole.Dialler));
        }
        _state = State.ReadsProof;
        return true;
    }

    private void Judge(ReadOnlySpan<byte> hello)
    {
        ushort version = LinkHello.VersionOf(hello);
        if (version != LinkHello.Version)
        {
            throw new ToreException(ErrorCodes.WireVersion,
                $"The peer says hello in version {version}; this node knows version {LinkHello.Version}. Bring both to the same release.");
        }
        WireVersions versions = LinkHello.WireVersionsOf(hello);
        if (versions.Lowest > versions.Highest || hello.SequenceEqual(_hello))
        {
            throw new ToreException(ErrorCodes.WireMalformed,
                "The peer's hello makes no sense: an empty range of versions, or our own sent back.");
        }
        if (_remote.Id == _local.Id)
        {
            throw new ToreException(ErrorCodes.PeerIsSelf, "This node reached itself, or another with a copy of its key.");
        }
        MeshId mesh = LinkHello.MeshOf(hello);
        if (mesh != _mesh.Id)
        {
            throw MeshMismatch.Of(mesh, _mesh);
        }
        WireVersion = _versions.HighestCommon(versions) ?? throw new ToreException(ErrorCodes.WireVersion,
            $"The peer speaks wire versions {versions.Lowest} to {versions.Highest}, this node {_versions.Lowest} to {_versions.Highest}. "
            + "Bring the older one up to date.");
    }

    private bool TryReadProof(ref ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        if (input.Length < LinkProof.Size)
        {
            return false;
        }
        Span<byte> proof = stackalloc byte[LinkProof.Size];
        input.Slice(0, LinkProof.Size).CopyTo(proof);
        LinkRole other = _role == LinkRole.Dialler ? LinkRole.Acceptor : LinkRole.Dialler;
        if (!CryptographicOperations.FixedTimeEquals(proof, Proof(other)))
        {
            throw new ToreException(ErrorCodes.WrongProof,
                $"The peer could not prove the secret of mesh {_mesh}. It may hold an old one; give it a new invite.");
        }
        input = input.Slice(LinkProof.Size);
        if (_role == LinkRole.Acceptor)
        {
            output.Write(Proof(LinkRole.Acceptor));
            _state = State.ReadsKind;
            return true;
        }
        var body = new ArrayBufferWriter<byte>();
        WireMessage.Write(new LinkOpen(Kind), body);
        Frame.WriteHeader(output.GetSpan(Frame.HeaderBytes), MessageType.LinkOpen, body.WrittenCount);
        output.Advance(Frame.HeaderBytes);
        output.Write(body.WrittenSpan);
        _state = State.Done;
        return true;
    }

    private bool TryReadKind(ref ReadOnlySequence<byte> input)
    {
        if (!Frame.TryRead(ref input, LinkOpenBytesMax, out MessageType type, out ReadOnlySequence<byte> body))
        {
            return false;
        }
        if (type != MessageType.LinkOpen)
        {
            throw new ToreException(ErrorCodes.WireMalformed, $"The peer's first frame is message {(int)type}, not the link's kind.");
        }
        Kind = WireMessage.Read<LinkOpen>(body).Kind;
        _state = State.Done;
        return true;
    }

    private byte[] Proof(LinkRole of)
    {
        bool dialled = _role == LinkRole.Dialler;
        return LinkProof.Create(_mesh, of,
            dialled ? _hello : _remoteHello, dialled ? _remoteHello : _hello,
            dialled ? _local.KeyHash : _remote.KeyHash, dialled ? _remote.KeyHash : _local.KeyHash);
    }
}
