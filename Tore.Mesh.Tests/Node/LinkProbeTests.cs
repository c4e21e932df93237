using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Transport;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Node;

public sealed class LinkProbeTests
{
    private static readonly MeshSecret Lab = MeshSecret.Create("lab");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 20_000)]
    public async Task Run_MemberOfTheMesh_IsLinkedAndHearsOnlyAGoodbye()
    {
        await using LinkListener listener = Listen(Lab);
        Task<LinkProbeResult> probing = ProbeAsync(listener);
        await using Link incoming = (await listener.AcceptAsync(Token))!;
        incoming.TrySend(new DialRequest(LinkKind.Control, []));
        var heard = new RecordingHandler();
        ToreException? goodbye = await incoming.RunAsync(heard, Token);
        await incoming.DisposeAsync();
        LinkProbeResult result = await probing;
        Assert.Equal(LinkProbeOutcome.Linked, result.Outcome);
        Assert.Equal(TestNodes.Bob.Id, result.Peer);
        Assert.StartsWith("TLS 1.3", result.Security, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.LinkClosed, goodbye?.Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_NodeOfAnotherMesh_NamesItsKeyAndFingerprint()
    {
        await using LinkListener listener = Listen(MeshSecret.Open);
        LinkProbeResult result = await ProbeAsync(listener);
        Assert.Equal((LinkProbeOutcome.Refused, ErrorCodes.WrongMesh), (result.Outcome, result.Code));
        Assert.Equal(TestNodes.Bob.Id, result.Peer);
        Assert.Equal(MeshSecret.Open.Id, result.PeerMesh);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_NodeThatBansTheKey_IsToldSo()
    {
        await using LinkListener listener = Listen(Lab, _ => ErrorCodes.Banned);
        LinkProbeResult result = await ProbeAsync(listener);
        Assert.Equal((LinkProbeOutcome.Refused, ErrorCodes.Banned), (result.Outcome, result.Code));
        Assert.Contains(TestNodes.Bob.Id.ToString(), result.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_PortWithoutAListener_NothingListens()
    {
        int port = FreePort.Take().Port;
        LinkProbeResult result = await ProbeAsync(new PeerAddress("127.0.0.1", port));
        Assert.Equal((LinkProbeOutcome.NothingListens, ErrorCodes.PeerUnreachable), (result.Outcome, result.Code));
        Assert.Equal(LinkProbeOutcome.NothingListens, (await ProbeAsync(new PeerAddress("localhost", port))).Outcome);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_NameWithoutAnAddress_IsNameNotFound() => Assert.Equal(
        LinkProbeOutcome.NameNotFound, (await ProbeAsync(new PeerAddress("no-such-host.invalid", 7601))).Outcome);

    [Fact(Timeout = 20_000)]
    public async Task Run_ProgramThatIsNoNode_IsRefusedWithAReason()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        Task serving = ServeAsync(socket);
        LinkProbeResult result = await ProbeAsync(PeerAddress.From((IPEndPoint)socket.LocalEndPoint!));
        Assert.Equal((LinkProbeOutcome.Refused, ErrorCodes.HandshakeFailed), (result.Outcome, result.Code));
        Assert.Null(result.Peer);
        await serving;

        static async Task ServeAsync(Socket listener)
        {
            for (int i = 0; i < 2; i++)
            {
                using Socket client = await listener.AcceptAsync(Token);
                await client.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Token);
            }
        }
    }

    private static LinkListener Listen(MeshSecret mesh, Func<NodeId, string?>? refusal = null) => LinkListener.Start(
        LinkPair.TlsOf(TestNodes.BobCertificate), new IPEndPoint(IPAddress.Loopback, 0),
        LinkPair.BobOptions with { Mesh = mesh, Refusal = refusal ?? (_ => null) });

    private static Task<LinkProbeResult> ProbeAsync(LinkListener listener) =>
        ProbeAsync(PeerAddress.From((IPEndPoint)listener.EndPoint));

    private static Task<LinkProbeResult> ProbeAsync(PeerAddress address) =>
        new LinkProbe(TestNodes.Ann, isOwnKey: false, Lab, SslProtocols.Tls12, TimeProvider.System).RunAsync(address, Token);
}
