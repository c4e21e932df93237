using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>
/// One membership core whose peers are played by the test. Peer 0 is the core itself; peers are numbered from 1, and hold what the
/// test says they hold.
/// </summary>
internal sealed class CoreStand : IMembershipEffects
{
    private const long Noon = 1_767_268_800_000_000;
    private static readonly KeyedSigner[] Signers = [.. Enumerable.Range(0, 300).Select(n => new KeyedSigner(n))];

    private TimeSpan _now = TimeSpan.FromSeconds(1000);

    public CoreStand(MembershipOptions? options = null, ulong stored = 0, int seed = 1, ulong start = 500,
        Func<NodeId, bool>? admits = null, bool starts = true)
    {
        Core = new MembershipCore(options ?? MembershipOptions.Lan, MemberTown.Mesh, this, Signers[0], Verifier,
            new Random(seed), start, stored, admits);
        if (starts)
        {
            Assert.True(Begin());
        }
    }

    public MembershipCore Core { get; }

    public CountingVerifier Verifier { get; } = new();

    /// <summary>Everything sent and not yet looked at, oldest first.</summary>
    public List<(NodeId To, object Message)> Sent { get; } = [];

    public List<NodeId> Reached { get; } = [];

    public List<NodeId> Changed { get; } = [];

    public List<ulong> Saved { get; } = [];

    public bool CanSave { get; set; } = true;

    public double Seconds => (_now - TimeSpan.FromSeconds(1000)).TotalSeconds;

    public Moment Now => new(_now, Noon + (_now.Ticks / 10));

    public static NodeId Id(int peer) => Signers[peer].Id;

    public static MemberRecord Record(int peer, ulong incarnation = 1, ulong start = 7, bool leaves = false, MeshId? mesh = null) =>
        MemberSignature.Sign(Signers[peer], mesh ?? MemberTown.Mesh, incarnation, start, [$"10.0.0.{peer}:7601"], leaves);

    /// <summary>A record whose signature is another's.</summary>
    public static MemberRecord Forged(int peer, ulong incarnation) =>
        MemberRecord.FromBody(Record(peer, incarnation).Body, Record(peer, incarnation + 1).Signature);

    public bool Begin() => Core.Start(["10.0.0.100:7601"], Now);

    /// <summary>Links with some peers, each at incarnation 1, and forgets what was sent meanwhile.</summary>
    public CoreStand Link(params int[] peers)
    {
        foreach (int peer in peers)
        {
            Assert.True(Core.OnLinked(Id(peer), Record(peer), Now));
        }
        Sent.Clear();
        return this;
    }

    public void Feed<T>(int from, in T message)
        where T : struct, IMessage<T>
    {
        var body = new ArrayBufferWriter<byte>();
        WireMessage.Write(message, body);
        Core.OnFrame(Id(from), T.Type, new ReadOnlySequence<byte>(body.WrittenMemory), Now);
    }

    public void Tell(int from, params MemberUpdate[] updates) => Feed(from, new Gossip(updates));

    /// <summary>News that holds a forged record: it is refused, and its link would be closed.</summary>
    public void TellForged(int from, params MemberUpdate[] updates) =>
        Assert.Equal(ErrorCodes.WireMalformed, Assert.Throws<ToreException>(() => Tell(from, updates)).Code);

    public MemberState? State(int peer) => Core.Table.TryGet(Id(peer), out Member? member) ? member.State : null;

    public Member Member(int peer) => Core.Table.TryGet(Id(peer), out Member? member) ? member : throw new KeyNotFoundException();

    /// <summary>Lets time pass; timers come when they are due. Pings of those who <paramref name="answer"/> are answered at once.</summary>
    public void Run(double seconds, params int[] answer)
    {
        TimeSpan end = _now + TimeSpan.FromSeconds(seconds);
        int seen = Sent.Count;
        while (Core.NextDeadline is { } next && next <= end)
        {
            _now = next > _now ? next : _now;
            Core.OnTimer(Now);
            for (; seen < Sent.Count; seen++)
            {
                if (Sent[seen].Message is Ping ping && answer.FirstOrDefault(p => Id(p) == Sent[seen].To) is > 0 and int peer)
                {
                    Feed(peer, new Pong(ping.Sequence, ping.SentAtMicroseconds, Now.UnixMicroseconds));
                }
            }
        }
        _now = end;
    }

    /// <summary>The process stands still: time passes, and nothing is done.</summary>
    public void Stall(double seconds) => _now += TimeSpan.FromSeconds(seconds);

    /// <summary>Messages of a kind that were sent, to one peer or to all.</summary>
    public List<T> Of<T>(int? to = null) =>
        [.. Sent.Where(s => s.Message is T && (to is null || s.To == Id(to.Value))).Select(s => (T)s.Message)];

    /// <summary>Every update that was sent in any message, to one peer or to all.</summary>
    public List<MemberUpdate> Updates(int? to = null) =>
        [.. Sent.Where(s => to is null || s.To == Id(to.Value)).SelectMany(s => s.Message switch
        {
            Ping ping => ping.Updates,
            Pong pong => pong.Updates,
            Gossip gossip => gossip.Updates,
            TableEntries entries => entries.Updates,
            _ => [],
        })];

    public bool TrySend<T>(NodeId peer, in T message)
        where T : struct, IMessage<T>
    {
        Sent.Add((peer, message));
        return true;
    }

    public void Reach(NodeId peer) => Reached.Add(peer);

    public bool TrySaveIncarnation(ulong incarnation)
    {
        if (CanSave)
        {
            Saved.Add(incarnation);
        }
        return CanSave;
    }

    public void MemberChanged(NodeId member) => Changed.Add(member);

    internal sealed class CountingVerifier : ISignatureVerifier
    {
        public int Calls { get; private set; }

        public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
        {
            Calls++;
            return KeyedSigner.Verifier.Verify(publicKey, data, signature);
        }
    }
}
