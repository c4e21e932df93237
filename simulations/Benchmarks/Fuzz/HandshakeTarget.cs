using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>What an unproven peer sends to one end of a link: hello, proof, kind. It must never be let in.</summary>
internal sealed class HandshakeTarget : FuzzTarget, IDisposable
{
    private readonly LinkRole _role;
    private readonly NodeKey _own = NodeKey.Create();
    private readonly NodeKey _peer = NodeKey.Create();
    private readonly MeshSecret _mesh = MeshSecret.Create("fuzz");
    private readonly ArrayBufferWriter<byte> _output = new(256);

    public HandshakeTarget(LinkRole role)
    {
        _role = role;
        Name = $"handshake, {role}".ToLowerInvariant();
        byte[] hello = LinkHello.Create(WireVersions.Supported, _mesh.Id, new byte[LinkHello.NonceBytes]);
        Corpus = [hello, [.. hello, .. new byte[LinkProof.Size]], [.. hello, .. new byte[LinkProof.Size], 0, 0, 0, 4, 0, 1, 0x91, 1]];
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus { get; }

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        Span<byte> nonce = stackalloc byte[LinkHello.NonceBytes];
        nonce.Fill(7);
        var options = new LinkOptions { Identity = _own.Identity, Mesh = _mesh };
        var handshake = new LinkHandshake(_role, LinkKind.Control, options, _peer.Identity, nonce);
        _output.ResetWrittenCount();
        var stream = new ReadOnlySequence<byte>(input);
        handshake.Advance(ref stream, _output);
        return handshake.IsDone ? throw new InvalidOperationException("a peer without the secret was let in") : false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _own.Dispose();
        _peer.Dispose();
    }
}
