using System.Buffers;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Tests.Wire;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Replication;

/// <summary>
/// Capability indexes on links in memory, with a time of their own. Messages are bytes; they arrive in order after a random while, or
/// as the test says (<see cref="Waiting"/>). Everything follows from the seed.
/// </summary>
internal sealed class Region
{
    private readonly List<Node> _nodes = [];
    private readonly HashSet<(Node, Node)> _links = [];
    private readonly Random _random;
    private TimeSpan _lastArrival;

    public Region(int seed, int nodes)
    {
        _random = new Random(seed);
        for (int i = 0; i < nodes; i++)
        {
            _nodes.Add(new Node(this, i + 1, seed));
        }
    }

    public TimeSpan Now { get; private set; } = TimeSpan.FromHours(1);

    public Moment Moment => new(Now, 0);

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Messages under way, the next to arrive first.</summary>
    public List<Mail> Waiting { get; } = [];

    /// <summary>The share of messages that find their queue full.</summary>
    public double Full { get; set; }

    public Random Random => _random;

    /// <summary>Everybody knows everybody, links with everybody and has told of itself.</summary>
    public void StartAll()
    {
        _nodes.ForEach(n => n.Start(incarnation: 1));
        LinkAll();
    }

    public void LinkAll() => Pairs().ToList().ForEach(p => Link(p.A, p.B));

    public IEnumerable<(Node A, Node B)> Pairs() => from a in _nodes from b in _nodes where a.Id < b.Id select (a, b);

    public void Link(Node a, Node b)
    {
        if (_links.Add((a, b)) & _links.Add((b, a)))
        {
            a.Index.OnLinked(b.Id, Moment);
            b.Index.OnLinked(a.Id, Moment);
        }
    }

    public void Unlink(Node a, Node b)
    {
        if (_links.Remove((a, b)) & _links.Remove((b, a)))
        {
            Waiting.RemoveAll(m => (m.From == a && m.To == b) || (m.From == b && m.To == a));
            a.Index.OnUnlinked(b.Id);
            b.Index.OnUnlinked(a.Id);
        }
    }

    public bool IsLinked(Node a, Node b) => _links.Contains((a, b));

    public void RunFor(TimeSpan time)
    {
        TimeSpan end = Now + time;
        while (true)
        {
            TimeSpan? timer = _nodes.Min(n => n.Index.NextDeadline);
            if (Waiting.Count > 0 && Waiting[0].At <= end && !(timer < Waiting[0].At))
            {
                Now = Waiting[0].At > Now ? Waiting[0].At : Now;
                Deliver(0);
            }
            else if (timer <= end)
            {
                Now = timer.Value > Now ? timer.Value : Now;
                _nodes.Where(n => n.Index.NextDeadline <= Now).ToList().ForEach(n => n.Index.OnTimer(Moment));
            }
            else
            {
                Now = end;
                return;
            }
        }
    }

    /// <summary>Hands a waiting message over, whatever came before it; and leaves it there, where it is to come twice.</summary>
    public void Deliver(int waiting, bool again = false)
    {
        Mail mail = Waiting[waiting];
        if (!again)
        {
            Waiting.RemoveAt(waiting);
        }
        if (IsLinked(mail.From, mail.To))
        {
            mail.To.Index.OnFrame(mail.From.Id, mail.Type, new ReadOnlySequence<byte>(mail.Body), Moment);
        }
    }

    internal sealed record Mail(Node From, Node To, MessageType Type, byte[] Body, TimeSpan At);

    internal sealed class Node(Region region, int number, int seed) : ICapabilityEffects
    {
        private int _starts;

        public Author Author { get; } = new(number);

        public NodeId Id => Author.Id;

        public CapabilityIndex Index { get; private set; } = null!;

        /// <summary>What it says of itself now.</summary>
        public NodeInfo Info { get; private set; }

        public List<NodeId> Changed { get; } = [];

        public List<Mail> Sent { get; } = [];

        /// <summary>A process starts; what an earlier one knew is forgotten, and its links are gone.</summary>
        public void Start(ulong incarnation)
        {
            region.Nodes.ToList().ForEach(n => region.Unlink(this, n));
            Index = new CapabilityIndex(
                MembershipOptions.Lan, Author.Mesh, this, Author.Signer, Support.KeyedSigner.Verifier, new Random((31 * seed) + number));
            Info = new NodeInfo { Node = Id, Version = $"start {++_starts}", Slots = 4 };
            Index.Start(Info, incarnation, region.Moment);
            foreach (Node other in region.Nodes)
            {
                Index.OnMember(other.Id, other.Author.Key, region.Moment);
            }
        }

        public void Change(Func<NodeInfo, NodeInfo> change)
        {
            Info = change(Info);
            Index.OnOwnChanged(Info, region.Moment);
        }

        public bool TrySend<T>(NodeId peer, in T message)
            where T : struct, IMessage<T>
        {
            Node to = region.Nodes.Single(n => n.Id == peer);
            if (!region.IsLinked(this, to) || region._random.NextDouble() < region.Full)
            {
                return false;
            }
            region._lastArrival += TimeSpan.FromMilliseconds(region._random.NextDouble());
            TimeSpan least = region.Now + TimeSpan.FromMilliseconds(1);
            region._lastArrival = region._lastArrival > least ? region._lastArrival : least;
            var mail = new Mail(this, to, T.Type, WireCase.Encode(message), region._lastArrival);
            Sent.Add(mail);
            region.Waiting.Add(mail);
            return true;
        }

        public void RecordChanged(NodeId node) => Changed.Add(node);

        public override string ToString() => $"node {number}";
    }
}
