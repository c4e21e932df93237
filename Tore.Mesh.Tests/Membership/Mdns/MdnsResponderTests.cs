using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Membership.Mdns;

public sealed class MdnsResponderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Start_TwoNodesOnLoopbackWithoutARoute_FindEachOtherAndSayGoodbye()
    {
        var heardByFirst = new Listener();
        var heardBySecond = new Listener();
        (MdnsResponder first, MdnsResponder second) = NetworkNamespace.Run(() => (Start(1, heardByFirst), Start(2, heardBySecond)));
        await using MdnsResponder keep = first;

        MdnsNode found = await heardByFirst.NextAsync("the first node to find the second");
        Assert.Equal(TestNodes.Id(2), found.Node);
        Assert.Equal([IPAddress.Loopback], found.Addresses);
        Assert.Equal(TestNodes.Id(1), (await heardBySecond.NextAsync("the second node to find the first")).Node);

        Assert.Null(first.Problem);

        await second.DisposeAsync();
        Assert.Equal(TestNodes.Id(2), await heardByFirst.NextLostAsync("the first node to hear the second's goodbye"));
    }

    [Fact]
    public async Task Ask_OrdinaryClientFromAPortOfItsOwn_IsAnsweredThere()
    {
        (MdnsResponder responder, Socket client) = NetworkNamespace.Run(() => (Start(1, new Listener()), Client()));
        await using MdnsResponder keep = responder;
        using Socket close = client;
        byte[] query = new byte[512], answer = new byte[Limits.MdnsPacketBytes];
        int bytes = DnsWriter.Write(
            new DnsMessage { IsResponse = false, Id = 0x1234, Questions = [new DnsQuestion(MdnsRecords.ServiceType, DnsType.Ptr)] }, query);
        var group = new IPEndPoint(IPAddress.Parse("224.0.0.251"), MdnsSource.Port);
        using var limit = new CancellationTokenSource(Patience);
        Task<int> answered = client.ReceiveAsync(answer, limit.Token).AsTask();
        while (!answered.IsCompleted)
        {
            // Asked until the names are claimed.
            await client.SendToAsync(query.AsMemory(0, bytes), group, limit.Token);
            await Task.WhenAny(answered, Task.Delay(200, limit.Token));
        }
        Assert.True(DnsReader.TryRead(answer.AsSpan(0, await answered), out DnsMessage message));
        Assert.Equal(0x1234, message.Id);
        Assert.Equal(MdnsRecords.ServiceType, Assert.Single(message.Questions).Name);
        Assert.Equal(10u, Assert.Single(message.Answers).LifetimeSeconds);
        Assert.Equal([DnsType.Srv, DnsType.Txt, DnsType.A], message.Additionals.Select(a => a.Type));
    }

    private static Socket Client()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes());
        client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return client;
    }

    [Fact]
    public async Task Problem_NoInterface_IsSaid()
    {
        await using MdnsResponder nowhere = MdnsResponder.Start(IPAddress.Parse("192.0.2.1"), TestNodes.Of(1), new Listener(),
            new Random(1), TimeProvider.System, NullLogger.Instance, () => []);
        Assert.Contains("no interface", nowhere.Problem, StringComparison.Ordinal);
    }

    private static MdnsResponder Start(int number, Listener listener)
    {
        MdnsResponder responder = MdnsResponder.Start(IPAddress.Loopback, TestNodes.Of(number), listener,
            new Random(number), TimeProvider.System, NullLogger.Instance);
        Assert.Equal(1, responder.Links);
        return responder;
    }

    private sealed class Listener : IMdnsListener
    {
        private readonly Channel<MdnsNode> _found = Channel.CreateUnbounded<MdnsNode>();
        private readonly Channel<NodeId> _lost = Channel.CreateUnbounded<NodeId>();

        public void Found(MdnsNode node) => _found.Writer.TryWrite(node);

        public void Lost(NodeId node) => _lost.Writer.TryWrite(node);

        public Task<MdnsNode> NextAsync(string what) => Within(_found.Reader.ReadAsync().AsTask(), what);

        public Task<NodeId> NextLostAsync(string what) => Within(_lost.Reader.ReadAsync().AsTask(), what);

        private static async Task<T> Within<T>(Task<T> task, string what)
        {
            await Task.WhenAny(task, Task.Delay(Patience, TestContext.Current.CancellationToken));
            Assert.True(task.IsCompleted, $"waited {Patience.TotalSeconds} s for {what}");
            return await task;
        }
    }
}
