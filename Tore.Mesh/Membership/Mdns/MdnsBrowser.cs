using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// Looks for service instances on one link (RFC 6762 §5.2): asks for the type at once, then in intervals that double up to an hour;
/// asks for what an instance lacks, and for what is about to run out. What it learns, it tells.
/// </summary>
internal sealed class MdnsBrowser
{
    private const int QuestionsAtOnce = 64;
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastInterval = TimeSpan.FromHours(1);

    private readonly MdnsOwn _own;
    private readonly MdnsInterface _link;
    private readonly IMdnsEffects _effects;
    private readonly Random _random;
    private readonly MdnsCache _cache;
    private readonly TokenBucket _rate = new(Limits.MdnsQueriesPerSecond);
    private TimeSpan _interval;
    private TimeSpan _askedAt;
    private TimeSpan? _askAt;
    private TimeSpan _mayAskAt;

    /// <summary>Makes a browser that has not begun.</summary>
    public MdnsBrowser(MdnsOwn own, MdnsInterface link, IMdnsEffects effects, Random random)
    {
        _own = own;
        _link = link;
        _effects = effects;
        _random = random;
        _cache = new MdnsCache(random);
    }

    /// <summary>When <see cref="OnTimer"/> is next due; null before the beginning and after the end.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? due = _cache.NextDeadline < _askAt ? _cache.NextDeadline : _askAt;
            return due < _mayAskAt ? _mayAskAt : due;
        }
    }

    /// <summary>Begins, or begins again with short intervals because the network has changed.</summary>
    public void Begin(TimeSpan now)
    {
        _interval = FirstInterval;
        _askedAt = now - LastInterval;
        _askAt = now + TimeSpan.FromMilliseconds(_random.Next(20, 121));
    }

    /// <summary>Asks no more; what is known is kept until it is thrown away with the browser.</summary>
    public void End() => _askAt = null;

    /// <summary>Asks what is due.</summary>
    public void OnTimer(bool isOwner, TimeSpan now)
    {
        if (_askAt is null || _mayAskAt > now)
        {
            return;
        }
        var questions = new List<DnsQuestion>();
        _cache.OnTimer(questions, QuestionsAtOnce, now);
        Publish();
        bool browses = _askAt <= now;
        if (browses)
        {
            // Last, where the known answers follow.
            questions.Add(new DnsQuestion(MdnsRecords.ServiceType, DnsType.Ptr));
        }
        if (questions.Count == 0)
        {
            return;
        }
        // Our own pointer among the known keeps us from answering ourselves when the packet comes back.
        DnsRecord[] known = browses ? [.. isOwner ? (DnsRecord[])[_own.Pointer] : [], .. _cache.Known(now)] : [];
        bool sent = true;
        foreach (DnsMessage packet in DnsPacking.Queries(questions, known))
        {
            sent &= _effects.Send(packet);
            _rate.Take(now);
        }
        _mayAskAt = _rate.NextAt(now);
        if (browses)
        {
            Browsed(sent, now);
        }
    }

    /// <summary>Another host asks all: where it asks as we would, our question counts as asked (§7.3).</summary>
    public void OnQuery(DnsMessage query, TimeSpan now)
    {
        if (_askAt is null || query.IsTruncated || query.Authorities.Count > 0)
        {
            return;
        }
        foreach (DnsQuestion question in query.Questions)
        {
            if (question.WantsUnicast)
            {
                continue;
            }
            _cache.OnHeard(question, now);
            if (question.Type == DnsType.Ptr && question.Name.Equals(MdnsRecords.ServiceType) && _askAt - now < (_askAt - _askedAt) / 2
                && query.Answers.All(a => a.SaysTheSameAs(_own.Pointer) || _cache.IsKnown(a, now)))
            {
                Browsed(sent: true, now);
            }
        }
    }

    /// <summary>Takes a response in.</summary>
    public void OnResponse(IReadOnlyList<DnsRecord> records, IPAddress source, TimeSpan now)
    {
        if (_askAt is not null)
        {
            _cache.Add(records, source, _own.Instance, now);
            Publish();
        }
    }

    private void Browsed(bool sent, TimeSpan now)
    {
        _askedAt = now;
        _askAt = now + _interval;
        if (sent)
        {
            _interval = 2 * _interval < LastInterval ? 2 * _interval : LastInterval;
        }
    }

    private void Publish()
    {
        foreach (MdnsInstance instance in _cache.TakeChanged())
        {
            MdnsNode? node = Read(instance);
            if (node?.Node == _own.Node)
            {
                // Ourselves, under another name on another interface.
                node = null;
            }
            if (node is null && instance.Published is not null)
            {
                _effects.Lost(instance.Name);
            }
            else if (node is not null && instance.Published?.SaysTheSameAs(node) != true)
            {
                _effects.Found(instance.Name, node);
            }
            instance.Published = node;
        }
    }

    private MdnsNode? Read(MdnsInstance instance)
    {
        if (instance is not { IsGone: false, Host: { } host, Service.Record.Data: DnsData.Service service }
            || instance.Text?.Record.Data is not DnsData.Text text)
        {
            return null;
        }
        IPAddress[] addresses = [.. host.Addresses.Select(a => ((DnsData.Address)a.Record.Data).Value).Where(IsPlausible).Select(Scoped)];
        return addresses.Length == 0 ? null : MdnsRecords.Read(service, text, addresses);
    }

    /// <summary>A stranger on the network must not send us to this machine's own services, or to groups.</summary>
    private bool IsPlausible(IPAddress address) => IPAddress.IsLoopback(address) == _link.IsLoopback
        && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.GetAddressBytes()[0] is > 0 and < 224);

    private IPAddress Scoped(IPAddress address) =>
        address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes(), _link.Index) : address;
}
