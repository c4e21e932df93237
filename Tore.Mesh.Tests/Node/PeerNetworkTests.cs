using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Node;

public sealed class PeerNetworkTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TargetAsync_Frames_ArriveBothWaysOverOneLink()
    {
        await using var first = new Party();
        await using var second = new Party(seed: first);
        await Party.LinkedAsync(first, second);
        IFrameTarget there = await first.Network.TargetAsync(second.Network.Self, None);
        Guid sequence = Guid.NewGuid();
        Assert.True(there.TrySend(new Activations(sequence, 1, 5, 2, 3, ActivationFlags.Sample, default), [1, 2, 3, 4, 5, 6]));
        Assert.Equal($"{first.Network.Self} rows 5+2 of 3: 1 2 3 4 5 6", await second.NextAsync());

        // The other end has the link by now, and dials none of its own.
        IFrameTarget back = await second.Network.TargetAsync(first.Network.Self, None);
        Assert.True(back.TrySend(new Token { Sequence = sequence, Route = 1, Position = 7, Id = 42 }));
        Assert.Equal($"{second.Network.Self} token 7=42", await first.NextAsync());
        Assert.Same(there, await first.Network.TargetAsync(second.Network.Self, None));
        Assert.Same(back, await second.Network.TargetAsync(first.Network.Self, None));
    }

    [Fact]
    public async Task TargetAsync_Self_StaysInThisProcess()
    {
        await using var party = new Party();
        IFrameTarget here = await party.Network.TargetAsync(party.Network.Self, None);
        Assert.True(here.TrySend(new ChunkDone(Guid.NewGuid(), 1, 9)));
        Assert.Equal($"{party.Network.Self} done 9", await party.NextAsync());
    }

    [Fact]
    public async Task TargetAsync_PeerThatCannotBeDialled_IsAskedToDial()
    {
        await using var open = new Party();
        // It tells an address at which nobody listens, as behind a router.
        await using var hidden = new Party(seed: open, tells: "127.0.0.1:9");
        await Party.LinkedAsync(open, hidden);
        IFrameTarget there = await open.Network.TargetAsync(hidden.Network.Self, None);
        Assert.True(there.TrySend(new ChunkDone(Guid.NewGuid(), 1, 3)));
        Assert.Equal($"{open.Network.Self} done 3", await hidden.NextAsync());
    }

    [Fact]
    public async Task TargetAsync_NodeThatIsNotLinked_IsUnreachable()
    {
        await using var party = new Party();
        ToreException error = await Assert.ThrowsAsync<ToreException>(
            () => party.Network.TargetAsync(new NodeId(Guid.NewGuid()), None).AsTask());
        Assert.Equal(ErrorCodes.PeerUnreachable, error.Code);
        Assert.False(party.Network.TrySendControl(new NodeId(Guid.NewGuid()), new TokenAck(Guid.NewGuid(), 1, 1)));
    }

    [Fact]
    public async Task TargetAsync_PeerThatReadsSlowly_GetsEveryFrameInOrder()
    {
        const int frames = 7, width = 1024 * 1024, rows = 4; // 7 x 16 MiB: more than the link's queue holds
        await using var sender = new Party();
        await using var slow = new Party(seed: sender);
        await Party.LinkedAsync(sender, slow);
        using var gate = new ManualResetEventSlim();
        slow.BeforeRows = () => gate.Wait(None);
        IFrameTarget there = await sender.Network.TargetAsync(slow.Network.Self, None);
        float[] tensor = new float[rows * width];
        for (int i = 0; i < frames; i++)
        {
            tensor[0] = i;
            Assert.True(there.TrySend(new Activations(Guid.Empty, 1, i, rows, width, ActivationFlags.None, default), tensor));
        }
        Assert.True(there.TrySend(new ChunkDone(Guid.Empty, 1, frames)));
        gate.Set();
        for (int i = 0; i < frames; i++)
        {
            Assert.StartsWith($"{sender.Network.Self} rows {i}+{rows} of {width}: {i} ", await slow.NextAsync());
        }
        Assert.Equal($"{sender.Network.Self} done {frames}", await slow.NextAsync());
    }

    [Fact]
    public async Task OnTargetClosed_PeerStops_IsTold_AndItsFramesCannotBeSent()
    {
        await using var first = new Party();
        var second = new Party(seed: first);
        await Party.LinkedAsync(first, second);
        IFrameTarget there = await first.Network.TargetAsync(second.Network.Self, None);
        Assert.True(there.TrySend(new ChunkDone(Guid.NewGuid(), 1, 3)));
        await second.NextAsync();
        await second.DisposeAsync();
        Assert.Equal("target closed", await first.NextAsync());
        Assert.False(there.TrySend(new ChunkDone(Guid.NewGuid(), 1, 4)));
        await Cluster.UntilAsync(
            () => first.Network.Mesh.Members.Values.Single().State == MemberState.Left, () => "the peer to have left");
    }

    [Fact]
    public async Task BrokenLink_LosesWhatRunsWithThePeer_ButNotTheMember()
    {
        await using var first = new Party();
        await using var second = new Party(seed: first);
        await Party.LinkedAsync(first, second);
        Link broken = first.Network.LinkTo(second.Network.Self)!;
        broken.Abort(new ToreException(ErrorCodes.LinkClosed, "a cable was pulled"));
        await Cluster.UntilAsync(() => first.Lost.Contains(second.Network.Self), () => "the loss to be told");
        Assert.True(first.Network.Mesh.IsLiving(second.Network.Self));
        await Cluster.UntilAsync(
            () => first.Network.LinkTo(second.Network.Self) is { } again && again != broken, () => "another link");
    }

    [Fact]
    public async Task TrySendControl_MeshTooLargeForALinkWithEverybody_LinksOnDemand()
    {
        // Everybody knows everybody, but has one neighbour of its own choice; most pairs are not linked.
        var few = new LinkDirectoryOptions { FullMeshNodes = 2, ChosenNeighbours = 1 };
        var parties = new List<Party>();
        try
        {
            for (int i = 0; i < 8; i++)
            {
                parties.Add(new Party(seed: parties.FirstOrDefault(), links: few));
            }
            await Cluster.UntilAsync(
                () => parties.All(p => p.Network.Mesh.Members.Count == 7 && p.Network.Mesh.IsPartial), () => "everybody to know everybody");
            (Party from, Party to) = parties.SelectMany(a => parties.Where(b => b != a && a.Network.LinkTo(b.Network.Self) is null)
                .Select(b => (a, b))).First();
            Assert.True(from.Network.TrySendControl(to.Network.Self, new TokenAck(Guid.NewGuid(), 1, 1)));
            Assert.True(from.Network.TrySendControl(to.Network.Self, new CloseSequence(Guid.NewGuid(), 1)));
            Assert.Equal($"{from.Network.Self} TokenAck", await to.NextAsync());
            Assert.Equal($"{from.Network.Self} CloseSequence", await to.NextAsync());
        }
        finally
        {
            foreach (Party party in parties)
            {
                await party.DisposeAsync();
            }
        }
    }

    /// <summary>A network whose traffic is written down.</summary>
    private sealed class Party : IPeerTraffic, IAsyncDisposable
    {
        private readonly NodeKey _key = NodeKey.Create();
        private readonly NodeCertificate _certificate;
        private readonly BlockingCollection<string> _seen = [];
        private readonly string _address;
        private readonly Task _started;

        public Party(Party? seed = null, string? tells = null, LinkDirectoryOptions? links = null)
        {
            _certificate = NodeCertificate.Create(_key);
            Network = new PeerNetwork(
                new PeerNetworkOptions
                {
                    Transport = new TlsTransport(_certificate, SslProtocols.Tls12, new TransportOptions()),
                    Links = new LinkOptions { Identity = _key.Identity, Mesh = MeshSecret.Local },
                    Core = new MeshCoreOptions
                    {
                        Mesh = MeshSecret.Local.Id,
                        Signer = _key,
                        Verifier = EcdsaVerifier.Instance,
                        Random = new Random(1),
                        Start = 1,
                        Links = links ?? new LinkDirectoryOptions(),
                    },
                    Describe = () => new NodeInfo { Node = _key.Id },
                    SaveIncarnation = _ => true,
                    Time = TimeProvider.System,
                    Logger = NullLogger.Instance,
                },
                this);
            _address = PeerAddress.From(Network.Listen(new IPEndPoint(IPAddress.Loopback, 0))).ToString();
            PeerAddress[] seeds = seed is not null && PeerAddress.TryParse(seed._address, out PeerAddress there) ? [there] : [];
            _started = Network.StartAsync(seeds, [tells ?? _address]).AsTask();
        }

        public PeerNetwork Network { get; }

        public ConcurrentQueue<NodeId> Lost { get; } = [];

        public Action BeforeRows { get; set; } = () => { };

        public static Task LinkedAsync(Party a, Party b) => Cluster.UntilAsync(
            () => a.Network.LinkTo(b.Network.Self) is not null && b.Network.LinkTo(a.Network.Self) is not null,
            () => "both to be linked");

        public async Task<string> NextAsync()
        {
            string? seen = null;
            await Cluster.UntilAsync(() => _seen.TryTake(out seen), () => "something to arrive");
            return seen!;
        }

        public void OnActivations(NodeId from, in Activations head, ReadOnlySpan<float> rows)
        {
            BeforeRows();
            string shown = string.Join(' ', rows[..Math.Min(rows.Length, 6)].ToArray());
            _seen.Add($"{from} rows {head.Position}+{head.Count} of {head.Width}: {shown}");
        }

        public void OnToken(NodeId from, in Token token) => _seen.Add($"{from} token {token.Position}={token.Id}");

        public void OnChunkDone(NodeId from, in ChunkDone done) => _seen.Add($"{from} done {done.Position}");

        public void OnMessage(NodeId from, MessageType type, in ReadOnlySequence<byte> body) => _seen.Add($"{from} {type}");

        public void OnOwnMessage<T>(in T message)
            where T : struct, IMessage<T> => _seen.Add($"own {T.Type}");

        public void OnMeshChanged(MeshSnapshot mesh, IReadOnlySet<NodeId> lost)
        {
            foreach (NodeId node in lost)
            {
                Lost.Enqueue(node);
            }
        }

        public void OnTargetClosed(IFrameTarget target) => _seen.Add("target closed");

        public async ValueTask DisposeAsync()
        {
            await _started;
            await Network.DisposeAsync();
            _certificate.Dispose();
            _key.Dispose();
            _seen.Dispose();
        }
    }
}
