using System.Buffers;
using System.IO.Pipelines;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>A peer of Bob's that writes its own bytes: through the handshake in good order, then whatever the test wants.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly ITransportConnection _connection;
    private readonly ITransportListener _listener;

    private RawPeer(ITransportConnection connection, ITransportListener listener, ITransportConnection accepted)
    {
        _connection = connection;
        _listener = listener;
        Accepted = accepted;
    }

    /// <summary>Bob's end, not yet a link.</summary>
    public ITransportConnection Accepted { get; }

    public static async Task<RawPeer> ConnectAsync()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        var network = new MemoryNetwork();
        ITransportListener listener =
            new MemoryTransport(network, TestNodes.Bob.Identity, new TransportOptions()).Listen(new MemoryEndPoint(""));
        ITransportConnection connection =
            await new MemoryTransport(network, TestNodes.Ann.Identity, new TransportOptions()).DialAsync(listener.EndPoint, token);
        ITransportConnection accepted = (await listener.AcceptAsync(token))!;
        await connection.OpenAsync(token);
        return new RawPeer(connection, listener, accepted);
    }

    /// <summary>Connects and shakes hands; Bob's link stands.</summary>
    public static async Task<(RawPeer Peer, Link Bob)> LinkAsync(LinkKind kind)
    {
        RawPeer peer = await ConnectAsync();
        Task<Link> accepting = Link.AcceptAsync(peer.Accepted, LinkPair.BobOptions, TestContext.Current.CancellationToken).AsTask();
        byte[] hello = LinkHello.Create(WireVersions.Supported, MeshSecret.Local.Id, new byte[32]);
        await peer.SendAsync(hello);
        byte[] other = await peer.ReceiveAsync(LinkHello.Size);
        Digest ann = TestNodes.Ann.Identity.KeyHash;
        Digest bob = TestNodes.Bob.Identity.KeyHash;
        await peer.SendAsync(LinkProof.Create(MeshSecret.Local, LinkRole.Dialler, hello, other, ann, bob));
        Assert.Equal(
            LinkProof.Create(MeshSecret.Local, LinkRole.Acceptor, hello, other, ann, bob), await peer.ReceiveAsync(LinkProof.Size));
        await peer.SendAsync([0, 0, 0, 4, 0, 1, 0x91, (byte)kind]);
        return (peer, await accepting);
    }

    public async Task SendAsync(byte[] bytes) => await _connection.Output.WriteAsync(bytes, TestContext.Current.CancellationToken);

    public async Task<byte[]> ReceiveAsync(int length)
    {
        ReadResult result = await _connection.Input.ReadAtLeastAsync(length, TestContext.Current.CancellationToken);
        byte[] bytes = result.Buffer.Slice(0, length).ToArray();
        _connection.Input.AdvanceTo(result.Buffer.GetPosition(length));
        return bytes;
    }

    public ValueTask CloseAsync() => _connection.Output.CompleteAsync();

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _listener.DisposeAsync();
    }
}
