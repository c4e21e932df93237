using System.Net;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// The mDNS responder and browser of one node on one link, which is one address family of one interface, as a state machine without
/// socket, clock or chance of its own (RFC 6762 and 6763). Time is any monotonic reading.
/// <list type="number">
/// <item>Claims its names: <see cref="MdnsClaim"/>. Until they are its own it only browses.</item>
/// <item>Answers for them: <see cref="MdnsAnswers"/>.</item>
/// <item>Looks for others all the while: <see cref="MdnsBrowser"/>.</item>
/// <item>At the end takes everything back (§10.1).</item>
/// </list>
/// It never asks for unicast answers (QU): the port is shared with other responders of the machine, and only one of them would get
/// such an answer (§15.1). So a response that was not sent to all is not for us.
/// </summary>
internal sealed class MdnsCore
{
    private static readonly TimeSpan ChangeInterval = TimeSpan.FromSeconds(30);

    private readonly MdnsOwn _own;
    private readonly MdnsKin _kin;
    private readonly IMdnsEffects _effects;
    private readonly MdnsClaim _claim;
    private readonly MdnsAnswers _answers;
    private readonly MdnsBrowser _browser;
    private bool _isRunning;
    private TimeSpan? _changedAt;

    /// <summary>Makes the core; nothing happens before <see cref="Start"/>.</summary>
    /// <param name="own">What this node says of itself; its addresses are those of the link.</param>
    /// <param name="link">The link.</param>
    /// <param name="kin">The records of this node's other cores.</param>
    /// <param name="effects">What the core does.</param>
    /// <param name="random">Spreads answers and probes.</param>
    public MdnsCore(MdnsNode own, MdnsInterface link, MdnsKin kin, IMdnsEffects effects, Random random)
    {
        _own = new MdnsOwn(own with { Addresses = link.Announced });
        _kin = kin;
        _effects = effects;
        _claim = new MdnsClaim(random);
        _answers = new MdnsAnswers(_own, effects, random);
        _browser = new MdnsBrowser(_own, link, effects, random);
    }

    /// <summary>The service instance's name on this link at present.</summary>
    public DnsName Instance => _own.Instance;

    /// <summary>The host's name on this link at present.</summary>
    public DnsName Host => _own.Host;

    /// <summary>Whether the names are this node's, so that it answers.</summary>
    public bool IsOwner => _claim.IsOwner;

    /// <summary>When <see cref="OnTimer"/> is next due; null before the start and after the end.</summary>
    public TimeSpan? NextDeadline => Earlier(Earlier(_claim.NextStep, _answers.NextDeadline), _browser.NextDeadline);

    /// <summary>Begins to probe and to browse.</summary>
    public void Start(TimeSpan now)
    {
        _isRunning = true;
        _kin.Set(this, _own.Unique, owned: false, now);
        _claim.Begin(now);
        _browser.Begin(now);
    }

    /// <summary>
    /// The network may be another one now (a cable, an access point): names are probed for again (§8), and browsing begins anew. Systems
    /// tell of many changes that concern other interfaces, so not more often than twice a minute.
    /// </summary>
    public void OnNetworkChanged(TimeSpan now)
    {
        if (_isRunning && !(now < _changedAt + ChangeInterval))
        {
            _changedAt = now;
            _answers.Clear();
            _claim.Begin(now);
            _browser.Begin(now);
        }
    }

    /// <summary>The link's addresses are others: those that are gone are taken back, the rest is told anew (§8.4).</summary>
    public void OnAddressesChanged(IReadOnlyList<IPAddress> addresses, TimeSpan now)
    {
        if (!_isRunning)
        {
            return;
        }
        IReadOnlyList<DnsRecord> before = _own.Unique;
        _own.Move(addresses);
        _kin.Set(this, _own.Unique, _claim.IsOwner, now);
        _answers.Clear();
        if (_claim.IsOwner)
        {
            _answers.TakeBack(before.Where(r => !_own.Has(r)));
            _claim.AnnounceAgain(now);
        }
        _browser.Begin(now);
    }

    /// <summary>Does what is due.</summary>
    public void OnTimer(TimeSpan now)
    {
        MdnsClaimStep step = _claim.Step(now);
        bool sent = step switch
        {
            MdnsClaimStep.Probe => _effects.Send(Probe()),
            MdnsClaimStep.Announce => _answers.Announce(now),
            _ => true,
        };
        if (!sent)
        {
            _claim.OnRefused(step, now);
        }
        _answers.OnTimer(now);
        _browser.OnTimer(_claim.IsOwner, now);
    }

    /// <summary>Takes a packet that came in on the link.</summary>
    public void OnMessage(DnsMessage message, MdnsSource source, TimeSpan now)
    {
        if (!_isRunning)
        {
            return;
        }
        if (!message.IsResponse)
        {
            OnQuery(message, source, now);
        }
        else if (source is { IsLegacy: false, IsMulticast: true })
        {
            // Others' word goes to all, from the port of mDNS (§6, §11).
            DnsRecord[] records = [.. message.Answers, .. message.Additionals];
            FindConflict(records, now);
            if (_claim.IsOwner)
            {
                _answers.OnResponse(records, now);
            }
            _browser.OnResponse(records, source.Sender.Address, now);
        }
    }

    /// <summary>Takes our records back and stops.</summary>
    public void Stop(TimeSpan now)
    {
        if (_claim.IsOwner)
        {
            _answers.TakeBack(_own.All);
        }
        _kin.Set(this, [], _claim.IsOwner, now);
        _isRunning = false;
        _claim.End();
        _answers.Clear();
        _browser.End();
    }

    private void OnQuery(DnsMessage query, MdnsSource source, TimeSpan now)
    {
        if (_claim.IsOwner)
        {
            _answers.OnQuery(query, source, now);
        }
        else if (_claim.IsProbing && query.Authorities.Count > 0)
        {
            BreakTies(query, now);
        }
        if (source is { IsMulticast: true, IsLegacy: false })
        {
            _browser.OnQuery(query, now);
        }
    }

    private DnsMessage Probe() => new()
    {
        IsResponse = false,
        Questions = [new DnsQuestion(_own.Instance, DnsType.Any), new DnsQuestion(_own.Host, DnsType.Any)],
        Authorities = [.. _own.Unique.Select(r => r with { IsUnique = false })],
    };

    /// <summary>Another host probes for a name that we probe for (§8.2).</summary>
    private void BreakTies(DnsMessage probe, TimeSpan now)
    {
        foreach (DnsName name in (DnsName[])[_own.Instance, _own.Host])
        {
            DnsRecord[] theirs = [.. probe.Authorities.Where(r => r.Name.Equals(name))];
            if (theirs.All(r => _kin.Said(r, now)) || MdnsTieBreak.Compare(_own.Unique.Where(r => r.Name.Equals(name)), theirs) >= 0)
            {
                continue;
            }
            if (!_claim.Defer(now))
            {
                Rename(name, now);
            }
            return;
        }
    }

    /// <summary>
    /// Somebody else says something under a name of ours (§9). Who only probes takes another name; who owns it probes again first, and
    /// takes another when the other one defends it.
    /// </summary>
    private void FindConflict(DnsRecord[] records, TimeSpan now)
    {
        if (!_claim.IsOwner && !_claim.IsProbing)
        {
            return;
        }
        DnsRecord? conflict = records.FirstOrDefault(r => r.LifetimeSeconds > 0 && r.Type != DnsType.Nsec && _own.IsNamedAsOurs(r)
            && !_kin.Said(r, now));
        if (conflict is null)
        {
            return;
        }
        if (_claim.IsProbing)
        {
            Rename(conflict.Name, now);
        }
        _answers.Clear();
        _claim.OnConflict(now);
    }

    private void Rename(DnsName taken, TimeSpan now)
    {
        _own.Rename(taken);
        _kin.Set(this, _own.Unique, owned: false, now);
        _answers.Clear();
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => b is null || a <= b ? a : b;
}
