using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// When this node's records are told to whom (RFC 6762 §6, §7): gathered for a moment, each at most once a second to all, not at all
/// where the asker or everybody knows; to a single asker where that is what it wants.
/// </summary>
internal sealed class MdnsAnswers
{
    /// <summary>Answers of several hosts are spread over this (§6); one that is due within it goes along with another.</summary>
    private const int ShortestWaitMs = 20, LongestWaitMs = 120;

    /// <summary>More known answers are awaited this long (§7.2), and never longer than <see cref="LongestPatience"/>.</summary>
    private const int ShortestPatienceMs = 400, LongestPatienceMs = 500;

    private const int MostReplies = 32;

    /// <summary>Lifetime in answers to ordinary DNS clients, whose caches hear no goodbye (§6.7).</summary>
    private const uint LegacyLifetimeSeconds = 10;

    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RecordInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DefenceInterval = TimeSpan.FromMilliseconds(250);

    private readonly MdnsOwn _own;
    private readonly IMdnsEffects _effects;
    private readonly Random _random;
    private readonly List<(DnsRecord Record, TimeSpan At)> _told = [];
    private readonly List<Waiting> _waiting = [];
    private readonly List<Reply> _replies = [];
    private readonly TokenBucket _replyRate = new(Limits.MdnsRepliesPerSecond);
    private readonly MdnsThrottle _askerRate = new(Limits.MdnsRepliesPerAsker);

    /// <summary>Answers for the given records.</summary>
    public MdnsAnswers(MdnsOwn own, IMdnsEffects effects, Random random)
    {
        _own = own;
        _effects = effects;
        _random = random;
    }

    /// <summary>When <see cref="OnTimer"/> is next due.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? next = null;
            foreach (Waiting waiting in _waiting)
            {
                next = next <= waiting.Due ? next : waiting.Due;
            }
            foreach (Reply reply in _replies)
            {
                next = next <= reply.Due ? next : reply.Due;
            }
            return next;
        }
    }

    /// <summary>Takes a query in.</summary>
    public void OnQuery(DnsMessage query, MdnsSource source, TimeSpan now)
    {
        Suppress(query, source, now);
        var found = new List<DnsRecord>();
        bool asksUnicast = false;
        foreach (DnsQuestion question in query.Questions)
        {
            asksUnicast |= question.WantsUnicast;
            found.AddRange(_own.AnswersTo(question).Where(r => !found.Contains(r) && !IsKnown(query, r)));
        }
        if (found.Count == 0)
        {
            return;
        }
        TimeSpan due = now + Delay(query, found);
        if (source.IsLegacy || !source.IsMulticast)
        {
            if (source.IsOnLink)
            {
                Enqueue(new Reply(source, query, found, due), now);
            }
            return;
        }
        bool isProbe = query.Authorities.Count > 0;
        var single = new List<DnsRecord>();
        foreach (DnsRecord record in found)
        {
            // The names' defence goes to all: with several responders on a machine only one of them gets what is sent to it (§15.1).
            if (asksUnicast && !isProbe && source.IsOnLink && IsFresh(record, now))
            {
                single.Add(record);
            }
            else
            {
                Enqueue(record, source.Sender, due, isProbe ? DefenceInterval : RecordInterval, query.IsTruncated, now);
            }
        }
        if (single.Count > 0 && !Enqueue(new Reply(source, query, single, due), now))
        {
            // To all, which is limited by itself.
            single.ForEach(r => Enqueue(r, source.Sender, due, RecordInterval, query.IsTruncated, now));
        }
    }

    /// <summary>Somebody answered to all: the same need not be said again (§7.4), unless it was said to be short-lived (§6.6).</summary>
    public void OnResponse(IEnumerable<DnsRecord> records, TimeSpan now)
    {
        foreach (DnsRecord record in records)
        {
            if (_own.All.FirstOrDefault(record.SaysTheSameAs) is not { } ours)
            {
                continue;
            }
            if (record.LifetimeSeconds >= ours.LifetimeSeconds)
            {
                _waiting.RemoveAll(w => w.Record.SaysTheSameAs(record));
            }
            else if (record.LifetimeSeconds < ours.LifetimeSeconds / 2)
            {
                Enqueue(ours, null, now + Between(ShortestWaitMs, LongestWaitMs), RecordInterval, isPartial: false, now);
            }
        }
    }

    /// <summary>Sends what is due.</summary>
    public void OnTimer(TimeSpan now)
    {
        foreach (Reply reply in _replies)
        {
            if (reply.Due <= now)
            {
                Send(reply);
            }
        }
        _replies.RemoveAll(r => r.Due <= now);
        if (!_waiting.Any(w => w.Due <= now))
        {
            return;
        }
        TimeSpan soon = now + TimeSpan.FromMilliseconds(LongestWaitMs);
        Waiting[] due = [.. _waiting.Where(w => w.Due <= now || (w.Due <= soon && !w.IsPartial && MayTell(w.Record, RecordInterval, now)))];
        _waiting.RemoveAll(due.Contains);
        DnsRecord[] answers = [.. due.Select(w => w.Record)];
        DnsRecord[] additionals = [.. AdditionalsTo(answers).Where(r => MayTell(r, RecordInterval, now))];
        foreach (DnsMessage packet in DnsPacking.Responses(answers, additionals))
        {
            _effects.Send(packet);
            Told(packet, now);
        }
    }

    /// <summary>Tells everything to all; false when the interface refused.</summary>
    public bool Announce(TimeSpan now)
    {
        bool sent = true;
        foreach (DnsMessage packet in DnsPacking.Responses(_own.All, []))
        {
            sent &= _effects.Send(packet);
            Told(packet, now);
        }
        return sent;
    }

    /// <summary>Takes records back (§10.1).</summary>
    public void TakeBack(IEnumerable<DnsRecord> records)
    {
        // The pointer from the list of types is everybody's, so it stays.
        DnsRecord[] gone = [.. records.Where(r => r != MdnsRecords.TypePointer).Select(r => r with { LifetimeSeconds = 0 })];
        if (gone.Length > 0)
        {
            DnsPacking.Responses(gone, []).ForEach(packet => _effects.Send(packet));
        }
    }

    /// <summary>The records are others now, or not ours for a while: what waits is dropped.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _replies.Clear();
        _told.RemoveAll(t => !_own.Has(t.Record));
    }

    private TimeSpan Delay(DnsMessage query, List<DnsRecord> found)
    {
        if (query.IsTruncated)
        {
            return Between(ShortestPatienceMs, LongestPatienceMs);
        }
        // Nobody else answers for unique names, so there is nothing to collide with.
        return found.All(r => r.IsUnique) ? TimeSpan.Zero : Between(ShortestWaitMs, LongestWaitMs);
    }

    /// <summary>Drops what the asker, and only it, was to be told and says that it knows (§7.2).</summary>
    private void Suppress(DnsMessage query, MdnsSource source, TimeSpan now)
    {
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            Waiting waiting = _waiting[i];
            if (!source.Sender.Equals(waiting.Asker))
            {
                continue;
            }
            if (IsKnown(query, waiting.Record))
            {
                _waiting.RemoveAt(i);
            }
            else if (query.IsTruncated && waiting.IsPartial)
            {
                TimeSpan due = now + Between(ShortestPatienceMs, LongestPatienceMs);
                waiting.Due = due < waiting.AskedAt + LongestPatience ? due : waiting.AskedAt + LongestPatience;
            }
        }
    }

    private static bool IsKnown(DnsMessage query, DnsRecord record) =>
        query.Answers.Any(k => k.SaysTheSameAs(record) && k.LifetimeSeconds >= record.LifetimeSeconds / 2);

    private void Enqueue(DnsRecord record, IPEndPoint? asker, TimeSpan due, TimeSpan interval, bool isPartial, TimeSpan now)
    {
        if (LastTold(record) is { } told && due < told + interval)
        {
            due = told + interval;
        }
        Waiting? waiting = _waiting.Find(w => w.Record.SaysTheSameAs(record));
        if (waiting is null)
        {
            _waiting.Add(new Waiting(record, asker, now) { Due = due, IsPartial = isPartial });
            return;
        }
        if (!Equals(asker, waiting.Asker))
        {
            waiting.Asker = null;
        }
        waiting.IsPartial &= isPartial;
        waiting.Due = due < waiting.Due ? due : waiting.Due;
    }

    private bool Enqueue(Reply reply, TimeSpan now)
    {
        bool granted = _replies.Count < MostReplies && _askerRate.Allows(reply.Source.Sender.Address, now) && _replyRate.TryTake(now);
        if (granted)
        {
            _replies.Add(reply);
        }
        return granted;
    }

    private void Send(Reply reply)
    {
        DnsRecord[] answers = [.. reply.Answers], additionals = [.. AdditionalsTo(answers)];
        if (!reply.Source.IsLegacy)
        {
            DnsPacking.Responses(answers, additionals).ForEach(packet => _effects.SendTo(reply.Source.Sender, packet));
            return;
        }
        _effects.SendTo(reply.Source.Sender, new DnsMessage
        {
            IsResponse = true,
            IsLegacy = true,
            Id = reply.Query.Id,
            Questions = [.. reply.Query.Questions.Where(q => _own.AnswersTo(q).Any()).Take(4)],
            Answers = [.. answers.Select(ForLegacy)],
            Additionals = [.. additionals.Where(a => a.Type != DnsType.Nsec).Select(ForLegacy)],
        });
    }

    private static DnsRecord ForLegacy(DnsRecord record) =>
        record with { IsUnique = false, LifetimeSeconds = Math.Min(record.LifetimeSeconds, LegacyLifetimeSeconds) };

    private IEnumerable<DnsRecord> AdditionalsTo(DnsRecord[] answers) =>
        answers.SelectMany(_own.AdditionalsTo).Distinct().Where(r => !answers.Contains(r));

    private void Told(DnsMessage packet, TimeSpan now)
    {
        foreach (DnsRecord record in packet.Answers.Concat(packet.Additionals))
        {
            _told.RemoveAll(t => t.Record.SaysTheSameAs(record));
            _told.Add((record, now));
        }
    }

    private TimeSpan? LastTold(DnsRecord record)
    {
        foreach ((DnsRecord told, TimeSpan at) in _told)
        {
            if (told.SaysTheSameAs(record))
            {
                return at;
            }
        }
        return null;
    }

    private bool MayTell(DnsRecord record, TimeSpan interval, TimeSpan now) => !(LastTold(record) + interval > now);

    /// <summary>All heard it no longer ago than a quarter of its lifetime, so a single asker may be answered alone (§5.4).</summary>
    private bool IsFresh(DnsRecord record, TimeSpan now) =>
        LastTold(record) is { } told && now - told < TimeSpan.FromSeconds(record.LifetimeSeconds) / 4;

    private TimeSpan Between(int fromMs, int toMs) => TimeSpan.FromMilliseconds(_random.Next(fromMs, toMs + 1));

    private sealed record Reply(MdnsSource Source, DnsMessage Query, IReadOnlyList<DnsRecord> Answers, TimeSpan Due);

    private sealed class Waiting(DnsRecord record, IPEndPoint? asker, TimeSpan askedAt)
    {
        public DnsRecord Record { get; } = record;

        public TimeSpan AskedAt { get; } = askedAt;

        /// <summary>Who alone asked; null when several did, or nobody.</summary>
        public IPEndPoint? Asker { get; set; } = asker;

        public TimeSpan Due { get; set; }

        /// <summary>The asker has more known answers to tell.</summary>
        public bool IsPartial { get; set; }
    }
}
