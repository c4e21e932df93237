using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// The mDNS responder and browser of one node on one interface, as a state machine without socket, clock or chance of its own
/// (RFC 6762 and 6763). Time is any monotonic reading.
/// <list type="number">
/// <item>Probe three times, 250 ms apart, for the instance name (§8.1); names are node ids, so nobody else has it.</item>
/// <item>Announce twice, a second apart (§8.3), and from then on answer (§6).</item>
/// <item>Meanwhile browse: ask for the service type at once, then in growing intervals (§5.2).</item>
/// <item>At the end take everything back (§10.1).</item>
/// </list>
/// </summary>
internal sealed class MdnsCore
{
    private const int Probes = 3;
    private const int Announcements = 2;
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromSeconds(1);

    /// <summary>No record goes out twice within this (RFC 6762 §6), which also bounds what a flood of questions can cause.</summary>
    private static readonly TimeSpan AnswerInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstQueryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Below half the lifetime of host records, so that they are renewed before they run out.</summary>
    private static readonly TimeSpan LastQueryInterval = TimeSpan.FromSeconds(50);

    private readonly MdnsNode _own;
    private readonly IMdnsEffects _effects;
    private readonly Random _random;
    private readonly MdnsCache _cache = new();
    private readonly HashSet<NodeId> _asked = [];
    private Dictionary<NodeId, MdnsNode> _published = [];
    private int _probesSent;
    private int _announcementsSent;
    private TimeSpan? _ownStepAt;
    private TimeSpan? _queryAt;
    private TimeSpan _queryInterval = FirstQueryInterval;
    private TimeSpan? _answerAt;
    private TimeSpan _answeredAt = TimeSpan.FromHours(-1);

    /// <summary>Makes the core; nothing happens before <see cref="Start"/>.</summary>
    public MdnsCore(MdnsNode own, IMdnsEffects effects, Random random)
    {
        _own = own;
        _effects = effects;
        _random = random;
    }

    /// <summary>When <see cref="OnTimer"/> is next due; null before the start and after the end.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? next = null;
            TimeSpan? expiry = _queryAt is null ? null : _cache.NextExpiry;
            foreach (TimeSpan? at in (ReadOnlySpan<TimeSpan?>)[_ownStepAt, _queryAt, _answerAt, expiry])
            {
                next = at is not null && !(next <= at) ? at : next;
            }
            return next;
        }
    }

    /// <summary>Whether the names are ours by now, so that questions are answered.</summary>
    private bool IsOwner => _probesSent == Probes;

    /// <summary>Begins to probe and to browse.</summary>
    public void Start(TimeSpan now)
    {
        _ownStepAt = now + Between(0, 250);
        _queryAt = now + Between(20, 120);
    }

    /// <summary>Does what is due.</summary>
    public void OnTimer(TimeSpan now)
    {
        if (_ownStepAt <= now)
        {
            StepOwn(now);
        }
        if (_answerAt <= now)
        {
            _answerAt = null;
            Announce(now);
        }
        if (_queryAt <= now)
        {
            _queryAt = now + _queryInterval;
            _queryInterval = Min(2 * _queryInterval, LastQueryInterval);
            _asked.Clear();
            _effects.Send(new DnsMessage { IsResponse = false, Questions = [new DnsQuestion(MdnsRecords.ServiceType, DnsType.Ptr)] });
        }
        if (_cache.NextExpiry <= now)
        {
            _cache.Expire(now);
            Publish(now);
        }
    }

    /// <summary>Takes a packet that came in on the interface.</summary>
    public void OnMessage(DnsMessage message, TimeSpan now)
    {
        if (_queryAt is null)
        {
            return;
        }
        if (!message.IsResponse)
        {
            if (IsOwner && message.Questions.Any(IsAboutUs))
            {
                // Shared records wait a little, so that not all answer at once (§6), and what was just said is not repeated.
                _answerAt ??= Max(now + Between(20, 120), _answeredAt + AnswerInterval);
            }
            return;
        }
        _cache.Add(message.Answers.Concat(message.Additionals), now);
        Publish(now);
        AskForUnresolved(now);
    }

    /// <summary>Takes our records back and stops.</summary>
    public void Stop()
    {
        if (IsOwner)
        {
            _effects.Send(new DnsMessage { IsResponse = true, Answers = [.. OwnRecords().Select(r => r with { LifetimeSeconds = 0 })] });
        }
        _ownStepAt = _queryAt = _answerAt = null;
    }

    private void StepOwn(TimeSpan now)
    {
        if (!IsOwner)
        {
            _probesSent++;
            _ownStepAt = now + ProbeInterval;
            _effects.Send(new DnsMessage
            {
                IsResponse = false,
                Questions = [new DnsQuestion(MdnsRecords.InstanceOf(_own.Node), DnsType.Any, WantsUnicast: false)],
                Authorities = [MdnsRecords.Service(_own), MdnsRecords.Text(_own)],
            });
            return;
        }
        _announcementsSent++;
        _ownStepAt = _announcementsSent < Announcements ? now + AnnounceInterval : null;
        Announce(now);
    }

    private void Announce(TimeSpan now)
    {
        _answeredAt = now;
        _effects.Send(new DnsMessage { IsResponse = true, Answers = [.. OwnRecords()] });
    }

    private IEnumerable<DnsRecord> OwnRecords() =>
    [
        MdnsRecords.Pointer(_own),
        MdnsRecords.Service(_own),
        MdnsRecords.Text(_own),
        .. MdnsRecords.Addresses(_own),
        MdnsRecords.TypePointer(),
    ];

    private bool IsAboutUs(DnsQuestion question)
    {
        DnsName name = question.Name;
        return question.Type switch
        {
            DnsType.Ptr => name.Equals(MdnsRecords.ServiceType) || name.Equals(MdnsRecords.AllTypes),
            DnsType.Srv or DnsType.Txt => name.Equals(MdnsRecords.InstanceOf(_own.Node)),
            DnsType.A or DnsType.Aaaa => name.Equals(MdnsRecords.HostOf(_own.Node)),
            DnsType.Any => name.Equals(MdnsRecords.ServiceType) || name.Equals(MdnsRecords.InstanceOf(_own.Node))
                || name.Equals(MdnsRecords.HostOf(_own.Node)),
            _ => false,
        };
    }

    private void AskForUnresolved(TimeSpan now)
    {
        // Once a node between two rounds of browsing: a stranger's packets cannot make us flood.
        DnsQuestion[] questions = [.. _cache.Unresolved(now)
            .Where(n => n != _own.Node && _asked.Count < Limits.MdnsRecords && _asked.Add(n))
            .Select(n => new DnsQuestion(MdnsRecords.InstanceOf(n), DnsType.Any))];
        foreach (DnsQuestion[] part in questions.Chunk(16))
        {
            _effects.Send(new DnsMessage { IsResponse = false, Questions = part });
        }
    }

    private void Publish(TimeSpan now)
    {
        Dictionary<NodeId, MdnsNode> resolved = _cache.Resolved(now);
        resolved.Remove(_own.Node);
        foreach (NodeId gone in _published.Keys.Where(n => !resolved.ContainsKey(n)))
        {
            _effects.Lost(gone);
        }
        foreach (MdnsNode node in resolved.Values)
        {
            if (!_published.TryGetValue(node.Node, out MdnsNode? before) || !Same(before, node))
            {
                _effects.Found(node);
            }
        }
        _published = resolved;
    }

    private static bool Same(MdnsNode a, MdnsNode b) =>
        a.Port == b.Port && a.Mesh == b.Mesh && a.WireVersion == b.WireVersion && a.Addresses.SequenceEqual(b.Addresses);

    private TimeSpan Between(int fromMs, int toMs) => TimeSpan.FromMilliseconds(_random.Next(fromMs, toMs + 1));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
