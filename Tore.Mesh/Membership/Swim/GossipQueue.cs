using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// News that is still to be sent on: at most one piece about each member, the newest. What was sent least goes first, and each
/// piece goes a bounded number of times (SWIM's dissemination component).
/// </summary>
internal sealed class GossipQueue
{
    private readonly Dictionary<NodeId, Waiting> _waiting = [];
    private readonly SortedSet<Waiting> _leastSentFirst = new(Comparer<Waiting>.Create(static (a, b) =>
        a.Sent != b.Sent ? a.Sent.CompareTo(b.Sent) : a.Order.CompareTo(b.Order)));
    private readonly List<Waiting> _taken = [];
    private readonly MembershipContext _context;
    private ulong _order;
    private ulong _tick;
    private TimeSpan _mayTickAt;

    /// <summary>Makes an empty queue.</summary>
    public GossipQueue(MembershipContext context) => _context = context;

    /// <summary>Pieces that wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Adds a piece; an older one about the same member is dropped.</summary>
    public void Add(in MemberUpdate update)
    {
        if (_waiting.TryGetValue(update.Node, out Waiting? older))
        {
            _leastSentFirst.Remove(older);
        }
        var waiting = new Waiting(update, _order++);
        _waiting[update.Node] = waiting;
        _leastSentFirst.Add(waiting);
        Arm();
    }

    /// <summary>Drops what waits about a member.</summary>
    public void Forget(NodeId member)
    {
        if (_waiting.Remove(member, out Waiting? waiting))
        {
            _leastSentFirst.Remove(waiting);
        }
    }

    /// <summary>Takes what goes into one message that <paramref name="receivers"/> peers get, and counts it as sent.</summary>
    public MemberUpdate[] Take(int bytesMax, int countMax, int receivers)
    {
        if (_waiting.Count == 0)
        {
            return [];
        }
        foreach (Waiting waiting in _leastSentFirst)
        {
            bytesMax -= waiting.Update.BytesMax;
            if (bytesMax < 0 || _taken.Count == countMax)
            {
                break;
            }
            _taken.Add(waiting);
        }
        var updates = new MemberUpdate[_taken.Count];
        int sendsMax = SendsMax;
        for (int i = 0; i < updates.Length; i++)
        {
            Waiting waiting = _taken[i];
            updates[i] = waiting.Update;
            _leastSentFirst.Remove(waiting);
            waiting.Sent += receivers;
            if (waiting.Sent < sendsMax)
            {
                _leastSentFirst.Add(waiting);
            }
            else
            {
                _waiting.Remove(waiting.Update.Node);
            }
        }
        _taken.Clear();
        return updates;
    }

    /// <summary>Sets the timer of the next message, where news waits and somebody is linked.</summary>
    public void Arm()
    {
        if (_tick == 0 && _waiting.Count > 0 && _context.Table.LinkedMembers.Count > 0)
        {
            TimeSpan now = _context.Clock.Now;
            _tick = _context.Timers.Set(MemberTimerKind.Gossip, _mayTickAt > now ? _mayTickAt : now);
        }
    }

    /// <summary>Sends news to some random peers.</summary>
    public void OnTimer()
    {
        _tick = 0;
        _mayTickAt = _context.Clock.Now + _context.Options.GossipInterval;
        Span<int> drawn = stackalloc int[Math.Min(_context.Options.GossipFanout, 16)];
        IReadOnlyList<Member> linked = _context.Table.LinkedMembers;
        int count = Draw.Distinct(_context.Random, linked.Count, drawn, linked, static (m, _) => m.IsLiving, 0);
        if (count > 0)
        {
            var gossip = new Gossip(Take(Limits.GossipBytes, Limits.MessageUpdates, count));
            foreach (int index in drawn[..count])
            {
                _context.Counts.GossipSent++;
                _context.Effects.TrySend(linked[index].Id, gossip);
            }
            Arm();
        }
    }

    /// <summary>SWIM's lambda log n: so often that everybody has heard it, all but certainly.</summary>
    private int SendsMax => _context.Options.RetransmitFactor * (int)Math.Ceiling(Math.Log10(_context.Table.Living + 1));

    private sealed class Waiting(MemberUpdate update, ulong order)
    {
        public MemberUpdate Update => update;

        public ulong Order => order;

        public int Sent { get; set; }
    }
}
