using System.Buffers;
using System.Text.Json;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>The handshake core, byte by byte: no socket, no clock, no task.</summary>
public sealed class LinkHandshakeTests
{
    private static readonly LinkIdentity Ann = TestNodes.Ann.Identity;
    private static readonly LinkIdentity Bob = TestNodes.Bob.Identity;
    private static readonly MeshSecret Lab = MeshSecret.FromBytes("lab", Filled(7));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Advance_BytesInPiecesOfAnySize_BothStand(int pieceBytes)
    {
        End dialler = Dialler(Lab);
        End acceptor = Acceptor(Lab);

        Converse(dialler, acceptor, pieceBytes);

        Assert.True(dialler.Core.IsDone && acceptor.Core.IsDone);
        Assert.Equal(LinkKind.Activation, acceptor.Core.Kind);
        Assert.Equal(1, acceptor.Core.WireVersion);
    }

    [Fact]
    public void Transcript_PrivateMesh_IsThisExchange()
    {
        End dialler = Dialler(Lab);
        End acceptor = Acceptor(Lab);

        List<string> transcript = Converse(dialler, acceptor, 1000);

        Assert.Equal(
        [
            "dialler sends 50 bytes",
            "acceptor sends 50 bytes",
            "dialler sends 32 bytes",
            "acceptor sends 32 bytes",
            "dialler sends 8 bytes",
        ], transcript);
    }

    [Fact]
    public void Bytes_GoldenCases_AreFrozen()
    {
        string path = Path.Combine(SharedFiles.Repository, "schemas", "wire", "hello.json");
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonElement frozen in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            MeshSecret mesh = frozen.GetProperty("secret").GetString() is { } secret
                ? MeshSecret.FromBytes(frozen.GetProperty("name").GetString()!, Convert.FromHexString(secret))
                : MeshSecret.Open;
            Assert.Equal(frozen.GetProperty("mesh_fingerprint").GetString(), mesh.Id.ToString());
            Assert.True(LinkIdentity.TryCreate(Hex(frozen, "dialler_key"), out LinkIdentity? ann));
            Assert.True(LinkIdentity.TryCreate(Hex(frozen, "acceptor_key"), out LinkIdentity? bob));
            byte[] acceptorHello = Hex(frozen, "acceptor_hello");
            byte[] diallerHello = [.. frozen.GetProperty("dialler_hello").EnumerateArray()
                .SelectMany(field => Convert.FromHexString(field.GetProperty("hex").GetString()!))];

            // The golden acceptor speaks versions 1 to 3, the dialler 1.
            var core = new LinkHandshake(
                LinkRole.Dialler, LinkKind.Control, Options(mesh, ann!), bob!, diallerHello.AsSpan(LinkHello.Size - LinkHello.NonceBytes));
            Assert.Equal(Convert.ToHexStringLower(diallerHello), Convert.ToHexStringLower(core.Hello.Span));

            var output = new ArrayBufferWriter<byte>();
            var input = new ReadOnlySequence<byte>([.. acceptorHello, .. Hex(frozen, "acceptor_proof")]);
            core.Advance(ref input, output);

            Assert.True(core.IsDone);
            Assert.Equal(frozen.GetProperty("wire_version").GetInt32(), core.WireVersion);
            Assert.Equal(frozen.GetProperty("dialler_proof").GetString(), Convert.ToHexStringLower(output.WrittenSpan[..LinkProof.Size]));
            Assert.Equal("0000000400019101", Convert.ToHexStringLower(output.WrittenSpan[LinkProof.Size..]));
        }
    }

    [Fact]
    public void Advance_FrameBehindTheHandshake_IsLeftForTheLink()
    {
        End dialler = Dialler(Lab);
        End acceptor = Acceptor(Lab);
        byte[] proof = acceptor.Take(dialler.Core.Hello.ToArray());
        byte[] own = dialler.Take(acceptor.Core.Hello.ToArray());
        byte[] answer = acceptor.Take(own);
        Assert.Empty(proof);

        dialler.Take([.. answer, 1, 2, 3]);

        Assert.True(dialler.Core.IsDone);
        Assert.Equal(3, dialler.Left);
    }

    [Fact]
    public void Advance_OtherMesh_IsWrongMeshOnBothSides()
    {
        End dialler = Dialler(MeshSecret.Local);
        End acceptor = Acceptor(MeshSecret.Open);

        AssertFails(ErrorCodes.WrongMesh, () => dialler.Take(acceptor.Core.Hello.ToArray()));
        AssertFails(ErrorCodes.WrongMesh, () => acceptor.Take(dialler.Core.Hello.ToArray()));
    }

    [Fact]
    public void Advance_SameFingerprintOtherSecret_IsWrongProof()
    {
        // A stranger can copy a fingerprint from mDNS; it cannot make the proof.
        End acceptor = Acceptor(Lab);
        byte[] hello = LinkHello.Create(WireVersions.Supported, Lab.Id, Filled(1));
        acceptor.Take(hello);
        byte[] forged = LinkProof.Create(MeshSecret.Open, LinkRole.Dialler, hello, acceptor.Core.Hello.Span, Ann.KeyHash, Bob.KeyHash);

        AssertFails(ErrorCodes.WrongProof, () => acceptor.Take(forged));
    }

    [Fact]
    public void Advance_AnyFlippedBitOfAProof_IsWrongProof()
    {
        for (int bit = 0; bit < 8 * LinkProof.Size; bit += 5)
        {
            End dialler = Dialler(Lab);
            End acceptor = Acceptor(Lab);
            acceptor.Take(dialler.Core.Hello.ToArray());
            byte[] proof = dialler.Take(acceptor.Core.Hello.ToArray());
            proof[bit / 8] ^= (byte)(1 << (bit % 8));

            AssertFails(ErrorCodes.WrongProof, () => acceptor.Take(proof));
        }
    }

    [Fact]
    public void Advance_OwnHelloSentBack_IsMalformed()
    {
        End dialler = Dialler(Lab);

        AssertFails(ErrorCodes.WireMalformed, () => dialler.Take(dialler.Core.Hello.ToArray()));
    }

    [Fact]
    public void Advance_OwnProofSentBack_IsWrongProof()
    {
        End dialler = Dialler(Lab);
        byte[] proof = dialler.Take(Acceptor(Lab).Core.Hello.ToArray());

        AssertFails(ErrorCodes.WrongProof, () => dialler.Take(proof));
    }

    [Fact]
    public void Advance_HelloAndProofOfAnEarlierLinkReplayed_IsWrongProof()
    {
        End dialler = Dialler(Lab);
        End earlier = Acceptor(Lab, nonce: 2);
        byte[] proof = dialler.Take(earlier.Core.Hello.ToArray());

        End now = Acceptor(Lab, nonce: 3);
        now.Take(dialler.Core.Hello.ToArray());

        AssertFails(ErrorCodes.WrongProof, () => now.Take(proof));
    }

    [Fact]
    public void Advance_ProofMadeForAnotherKey_IsWrongProof()
    {
        // A relay that ends TLS itself on both sides passes the bytes on: the keys do not match.
        using NodeKey relay = NodeKey.Create();
        End dialler = new(LinkRole.Dialler, Lab, Ann, remote: relay.Identity, nonce: 1);
        End acceptor = new(LinkRole.Acceptor, Lab, Bob, remote: relay.Identity, nonce: 2);
        acceptor.Take(dialler.Core.Hello.ToArray());

        AssertFails(ErrorCodes.WrongProof, () => acceptor.Take(dialler.Take(acceptor.Core.Hello.ToArray())));
    }

    [Fact]
    public void Advance_OwnKey_IsPeerIsSelf()
    {
        End dialler = new(LinkRole.Dialler, Lab, Ann, remote: Ann, nonce: 1);
        End acceptor = new(LinkRole.Acceptor, Lab, Ann, remote: Ann, nonce: 2);

        AssertFails(ErrorCodes.PeerIsSelf, () => dialler.Take(acceptor.Core.Hello.ToArray()));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 3, 2, 5, 3)]
    [InlineData(2, 5, 1, 3, 3)]
    [InlineData(1, 2, 3, 4, null)]
    [InlineData(3, 4, 1, 2, null)]
    public void WireVersion_IsTheHighestThatBothName(int lowA, int highA, int lowB, int highB, int? expected)
    {
        End dialler = new(LinkRole.Dialler, Lab, Ann, Bob, nonce: 1, new WireVersions((ushort)lowA, (ushort)highA));
        End acceptor = new(LinkRole.Acceptor, Lab, Bob, Ann, nonce: 2, new WireVersions((ushort)lowB, (ushort)highB));
        if (expected is null)
        {
            AssertFails(ErrorCodes.WireVersion, () => Converse(dialler, acceptor, 1000));
            return;
        }
        Converse(dialler, acceptor, 1000);

        Assert.Equal(expected, dialler.Core.WireVersion);
        Assert.Equal(expected, acceptor.Core.WireVersion);
    }

    [Theory]
    [InlineData(4, "wire_version")] // another hello version
    [InlineData(6, "wire_malformed")] // lowest wire version above the highest
    [InlineData(0, "wire_malformed")]
    [InlineData(3, "wire_malformed")]
    [InlineData(10, "wrong_mesh")]
    public void Advance_ChangedHello_IsRefused(int offset, string code)
    {
        byte[] hello = Acceptor(Lab).Core.Hello.ToArray();
        hello[offset] ^= 0x80;

        AssertFails(code, () => Dialler(Lab).Take(hello));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("S")]
    [InlineData("TORC")]
    [InlineData("\0\0\0\0")]
    public void Advance_OtherProtocol_IsRecognisedByItsFirstBytes(string text) =>
        AssertFails(ErrorCodes.WireMalformed, () => Acceptor(Lab).Take(System.Text.Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("0000000400109101", "wire_malformed")] // a Ping before the kind
    [InlineData("0000000400019103", "wire_malformed")] // a kind that is none
    [InlineData("00100000", "wire_limit")] // a first frame of 1 MiB
    public void Advance_FirstFrameIsNotTheKind_IsRefused(string hex, string code)
    {
        End dialler = Dialler(Lab);
        End acceptor = Acceptor(Lab);
        acceptor.Take(dialler.Core.Hello.ToArray());
        acceptor.Take(dialler.Take(acceptor.Core.Hello.ToArray()));

        AssertFails(code, () => acceptor.Take(Convert.FromHexString(hex)));
    }

    private static End Dialler(MeshSecret mesh) => new(LinkRole.Dialler, mesh, Ann, Bob, nonce: 1);

    private static End Acceptor(MeshSecret mesh, byte nonce = 2) => new(LinkRole.Acceptor, mesh, Bob, Ann, nonce);

    private static LinkOptions Options(MeshSecret mesh, LinkIdentity identity) => new() { Mesh = mesh, Identity = identity };

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 32)];

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    private static void AssertFails(string code, Action act) => Assert.Equal(code, Assert.Throws<ToreException>(act).Code);

    /// <summary>Carries bytes to and fro, in pieces, until nobody says more; tells who sent what.</summary>
    private static List<string> Converse(End dialler, End acceptor, int pieceBytes)
    {
        List<string> transcript = [];
        byte[] toAcceptor = dialler.Core.Hello.ToArray();
        byte[] toDialler = acceptor.Core.Hello.ToArray();
        while (toAcceptor.Length + toDialler.Length > 0)
        {
            Tell("dialler", toAcceptor);
            Tell("acceptor", toDialler);
            (toDialler, toAcceptor) = (InPieces(acceptor, toAcceptor), InPieces(dialler, toDialler));
        }
        return transcript;

        void Tell(string who, byte[] sent)
        {
            if (sent.Length > 0)
            {
                transcript.Add($"{who} sends {sent.Length} bytes");
            }
        }

        byte[] InPieces(End end, byte[] bytes) => [.. bytes.Chunk(pieceBytes).SelectMany(end.Take)];
    }

    /// <summary>One end: a core and the input that it has not taken yet.</summary>
    private sealed class End(
        LinkRole role, MeshSecret mesh, LinkIdentity local, LinkIdentity remote, byte nonce, WireVersions? versions = null)
    {
        private byte[] _input = [];

        public LinkHandshake Core { get; } = new(role, LinkKind.Activation,
            Options(mesh, local) with { Versions = versions ?? WireVersions.Supported }, remote, Filled(nonce));

        public int Left => _input.Length;

        /// <summary>Gives it bytes; returns what it answers.</summary>
        public byte[] Take(byte[] bytes)
        {
            _input = [.. _input, .. bytes];
            var sequence = new ReadOnlySequence<byte>(_input);
            var output = new ArrayBufferWriter<byte>();
            Core.Advance(ref sequence, output);
            _input = sequence.ToArray();
            return output.WrittenSpan.ToArray();
        }
    }
}
