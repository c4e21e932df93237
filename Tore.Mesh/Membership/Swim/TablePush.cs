using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// Push-pull anti-entropy: what gossip lost, or a partition kept apart, is made up for.
/// <list type="number">
/// <item>A sends its digest to B. Where B's is equal, that is all.</item>
/// <item>B answers with its summary: its living members and their incarnations.</item>
/// <item>A sends the entries that B lacks or has older, says who of them is dead here, and asks for what it lacks itself.</item>
/// <item>B merges these and sends what was asked for.</item>
/// </list>
/// Tombstones do not travel by themselves: they only answer those who hold the dead for living. So they end.
/// </summary>
internal sealed class TablePush
{
    private readonly MembershipContext _context;
    private readonly RecordJudge _judge;
    private readonly Rumours _rumours;
    private readonly List<MemberUpdate> _updates = [];
    private readonly List<NodeId> _wanted = [];
    private TimeSpan _pause;
    private ulong _timer;
    private bool _wasUnequal;
    private int _bytes;
    private uint _summaries;

    /// <summary>Makes the exchange of one table.</summary>
    public TablePush(MembershipContext context, RecordJudge judge, Rumours rumours)
    {
        _context = context;
        _judge = judge;
        _rumours = rumours;
    }

    /// <summary>The token of the timer of the next comparison.</summary>
    public ulong TimerToken => _timer;

    /// <summary>The shortest pause between comparisons: some ticks of gossip, which may well do the work.</summary>
    private TimeSpan FirstPause => _context.Options.GossipInterval * 10;

    /// <summary>Sets the first of the regular comparisons, somewhere in the interval.</summary>
    public void Start()
    {
        _pause = FirstPause;
        SetTimer(_context.Part(_context.Options.PushPullInterval));
    }

    /// <summary>Compares the table with a random peer's.</summary>
    public void OnTimer()
    {
        Span<int> drawn = stackalloc int[1];
        IReadOnlyList<Member> linked = _context.Table.LinkedMembers;
        if (Draw.Distinct(_context.Random, linked.Count, drawn, linked, static (m, _) => m.IsLiving, 0) > 0)
        {
            Begin(linked[drawn[0]]);
        }
        SetTimer(_context.Options.PushPullInterval);
        if (!_wasUnequal)
        {
            _pause = FirstPause;
        }
        _wasUnequal = false;
    }

    /// <summary>Step 1, on the timer and on a new link.</summary>
    public void Begin(Member peer)
    {
        _context.Counts.PushPulls++;
        peer.PushPull = peer.PushPull with { DigestSent = true };
        _context.Effects.TrySend(peer.Id, new TableDigest(_context.Table.Digest, _context.Table.Living));
    }

    /// <summary>Step 2; at most once an interval of probing a peer, since a summary is long.</summary>
    public void OnDigest(Member from, in TableDigest theirs)
    {
        TimeSpan now = _context.Clock.Now;
        if ((theirs.Digest == _context.Table.Digest && theirs.Count == _context.Table.Living) || now < from.PushPull.AnswersAfter)
        {
            return;
        }
        OnUnequal();
        from.PushPull = from.PushPull with { SummarySent = true, AnswersAfter = now + _context.Options.ProbeInterval };
        IReadOnlyList<Member> living = _context.Table.LivingMembers;
        var entries = new SummaryEntry[living.Count + 1];
        entries[0] = new SummaryEntry(_context.Self, _context.Table.Own.Incarnation);
        for (int i = 0; i < living.Count; i++)
        {
            entries[i + 1] = new SummaryEntry(living[i].Id, living[i].Incarnation);
        }
        _context.Effects.TrySend(from.Id, new TableSummary(entries));
    }

    /// <summary>Step 3.</summary>
    public void OnSummary(Member from, in TableSummary theirs)
    {
        if (!from.PushPull.DigestSent)
        {
            return;
        }
        OnUnequal();
        from.PushPull = from.PushPull with { DigestSent = false };
        _summaries++;
        bool knowMe = Compare(theirs.Members);
        if (!knowMe)
        {
            Add(from, MemberUpdate.Of(_context.Table.Own));
        }
        foreach (SummaryEntry entry in theirs.Members)
        {
            if (_context.Table.TryGet(entry.Node, out Member? member) && entry.Incarnation <= member.Incarnation)
            {
                AddOvertaken(from, member, entry.Incarnation);
            }
        }
        IReadOnlyList<Member> living = _context.Table.LivingMembers;
        for (int i = 0; i < living.Count; i++)
        {
            if (living[i].SummarySeen != _summaries)
            {
                Add(from, MemberUpdate.Of(living[i].Record));
            }
        }
        Flush(from);
    }

    /// <summary>Steps 3 and 4 at the receiver.</summary>
    public void OnEntries(Member from, in TableEntries entries)
    {
        _rumours.OnUpdates(from, entries.Updates, isPush: true);
        if (entries.Wanted.Count == 0 || !from.PushPull.SummarySent)
        {
            return;
        }
        from.PushPull = from.PushPull with { SummarySent = false };
        for (int i = 0; i < entries.Wanted.Count; i++)
        {
            NodeId wanted = entries.Wanted[i];
            if (wanted == _context.Self)
            {
                Add(from, MemberUpdate.Of(_context.Table.Own));
            }
            else if (_context.Table.TryGet(wanted, out Member? member))
            {
                Add(from, MemberUpdate.Of(member.Record));
            }
        }
        Flush(from);
    }

    /// <summary>
    /// Tables differ: while a mesh forms or heals the next comparison is near, and ever further off where that does not help.
    /// </summary>
    private void OnUnequal()
    {
        _context.Counts.PushPullsUnequal++;
        if (!_wasUnequal && _pause < _context.Options.PushPullInterval)
        {
            SetTimer(_pause * (0.5 + _context.Random.NextDouble()));
            _pause *= 2;
        }
        _wasUnequal = true;
    }

    private void SetTimer(TimeSpan pause) =>
        _timer = _context.Timers.Set(MemberTimerKind.PushPull, _context.Clock.Now + pause);

    /// <summary>Marks whom a summary names, and collects whose records are newer there; whether it names this node as it is.</summary>
    private bool Compare(IReadOnlyList<SummaryEntry> theirs)
    {
        bool knowMe = false;
        for (int i = 0; i < theirs.Count; i++)
        {
            SummaryEntry entry = theirs[i];
            if (entry.Node == _context.Self)
            {
                knowMe = entry.Incarnation >= _context.Table.Own.Incarnation;
                if (entry.Incarnation > _context.Table.Own.Incarnation)
                {
                    _wanted.Add(entry.Node);
                }
                continue;
            }
            bool isKnown = _context.Table.TryGet(entry.Node, out Member? member);
            if (isKnown)
            {
                member!.SummarySeen = _summaries;
            }
            if (isKnown ? entry.Incarnation > member!.Incarnation : _judge.Admits(entry.Node))
            {
                _wanted.Add(entry.Node);
            }
        }
        return knowMe;
    }

    /// <summary>Adds what the other side has not: the newer record, and the death or departure.</summary>
    private void AddOvertaken(Member to, Member member, ulong theirs)
    {
        if (theirs < member.Incarnation || member.State == MemberState.Left)
        {
            Add(to, MemberUpdate.Of(member.Record));
        }
        if (member.State == MemberState.Dead)
        {
            Add(to, MemberUpdate.Dead(member.Id, member.Incarnation, _context.Self));
        }
    }

    private void Add(Member to, in MemberUpdate update)
    {
        _bytes += update.BytesMax;
        if (_bytes > Limits.TableEntriesBytes || _updates.Count == Limits.MessageUpdates)
        {
            Flush(to);
            _bytes = update.BytesMax;
        }
        _updates.Add(update);
    }

    private void Flush(Member to)
    {
        if (_updates.Count > 0 || _wanted.Count > 0)
        {
            _context.Effects.TrySend(to.Id, new TableEntries([.. _updates], [.. _wanted]));
        }
        _updates.Clear();
        _wanted.Clear();
        _bytes = 0;
    }
}
