using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// What was heard of service instances on one link, and what is to be asked because it runs out or is lacking (RFC 6762 §5.2, §10).
/// Pure and bounded: an instance counts from a pointer to it, a host from an instance on it; where there is no room, the address that
/// told of the most instances loses its last one to whoever told of fewer.
/// </summary>
internal sealed class MdnsCache
{
    /// <summary>Questions about what is lacking, 1, 2, 4, 8 s apart; in vain they end the instance (§10.4).</summary>
    private const int MostAttempts = 5;

    private const int MostEvictions = 8;
    private static readonly TimeSpan FlushAge = TimeSpan.FromSeconds(1);

    private readonly Random _random;
    private readonly Dictionary<DnsName, MdnsInstance> _instances = [];
    private readonly Dictionary<DnsName, MdnsHost> _hosts = [];
    private readonly Dictionary<IPAddress, List<MdnsInstance>> _sources = [];
    private readonly PriorityQueue<object, TimeSpan> _due = new();
    private readonly List<MdnsInstance> _changed = [];
    private int _evictions;
    private int _live;

    /// <summary>Makes an empty cache.</summary>
    public MdnsCache(Random random) => _random = random;

    /// <summary>When something is to be asked or ends; null when nothing is known.</summary>
    public TimeSpan? NextDeadline => _due.TryPeek(out _, out TimeSpan at) ? at : null;

    /// <summary>Instances remembered.</summary>
    public int Count => _instances.Count;

    /// <summary>Takes the records of a response in. Pointers first, then what belongs to them, whatever their order.</summary>
    public void Add(IReadOnlyList<DnsRecord> records, IPAddress source, DnsName own, TimeSpan now)
    {
        _evictions = 0;
        double spread = _random.NextDouble();
        foreach (DnsRecord record in records)
        {
            if (record.Data is DnsData.Pointer pointer && record.Name.Equals(MdnsRecords.ServiceType)
                && pointer.Target.IsChildOf(MdnsRecords.ServiceType) && !pointer.Target.Equals(own))
            {
                AddPointer(record, pointer.Target, source, spread, now);
            }
        }
        foreach (DnsRecord record in records)
        {
            if (record.Data is DnsData.Service or DnsData.Text && _instances.TryGetValue(record.Name, out MdnsInstance? instance))
            {
                AddPart(record, instance, spread, now);
            }
        }
        var flushed = new HashSet<(MdnsHost, DnsType)>();
        foreach (DnsRecord record in records)
        {
            if (record.Data is DnsData.Address or DnsData.OnlyTypes && _hosts.TryGetValue(record.Name, out MdnsHost? host))
            {
                AddToHost(record, host, flushed, spread, now);
            }
        }
        Compact();
    }

    /// <summary>
    /// Forgets what has ended, and collects at most <paramref name="most"/> questions that are due; what is left is due still.
    /// </summary>
    public void OnTimer(List<DnsQuestion> questions, int most, TimeSpan now)
    {
        while (_due.TryPeek(out object? item, out TimeSpan at) && at <= now && questions.Count < most)
        {
            _due.Dequeue();
            if (item is MdnsCached { IsGone: false } cached && cached.NextAt == at)
            {
                OnDue(cached, questions, now);
            }
            else if (item is MdnsInstance { IsGone: false } instance && instance.AskAt == at)
            {
                OnDue(instance, questions, now);
            }
        }
    }

    /// <summary>Another host asked all for what we might ask for soon: its answer serves us too (§7.3).</summary>
    public void OnHeard(DnsQuestion question, TimeSpan now)
    {
        if (_instances.TryGetValue(question.Name, out MdnsInstance? instance))
        {
            Heard(question.Type is DnsType.Srv or DnsType.Any ? instance.Service : null, now);
            Heard(question.Type is DnsType.Txt or DnsType.Any ? instance.Text : null, now);
            if (instance.AskAt - now <= Interval(instance) / 4 && question.Type is DnsType.Srv or DnsType.Txt or DnsType.Any)
            {
                AskAgain(instance, now);
            }
        }
        if (_hosts.TryGetValue(question.Name, out MdnsHost? host))
        {
            foreach (MdnsCached address in host.Addresses)
            {
                Heard(question.Type == address.Record.Type || question.Type == DnsType.Any ? address : null, now);
            }
        }
    }

    /// <summary>The pointers that may be told as known when asking for more (§7.1).</summary>
    public IEnumerable<DnsRecord> Known(TimeSpan now) => _instances.Values
        .Where(i => i.Pointer!.IsKnown(now)).Select(i => i.Pointer!.Record with { LifetimeSeconds = i.Pointer.SecondsLeft(now) });

    /// <summary>Whether a pointer may be told as known.</summary>
    public bool IsKnown(DnsRecord record, TimeSpan now) => record.Data is DnsData.Pointer pointer
        && _instances.TryGetValue(pointer.Target, out MdnsInstance? instance) && instance.Pointer!.IsKnown(now);

    /// <summary>The instances of which something changed since the last call; those that are gone too.</summary>
    public List<MdnsInstance> TakeChanged()
    {
        List<MdnsInstance> changed = [.. _changed];
        changed.ForEach(i => i.IsChanged = false);
        _changed.Clear();
        return changed;
    }

    private void AddPointer(DnsRecord record, DnsName name, IPAddress source, double spread, TimeSpan now)
    {
        if (!_instances.TryGetValue(name, out MdnsInstance? instance))
        {
            if (record.LifetimeSeconds == 0 || !MakeRoom(source))
            {
                return;
            }
            _instances[name] = instance = new MdnsInstance(name, source);
            if (!_sources.TryGetValue(source, out List<MdnsInstance>? told))
            {
                _sources[source] = told = [];
            }
            told.Add(instance);
            instance.AskAt = now + TimeSpan.FromMilliseconds(_random.Next(20, 121));
            _due.Enqueue(instance, instance.AskAt.Value);
        }
        instance.Pointer = Replace(instance.Pointer, new MdnsCached(record, instance, now, spread));
    }

    private void AddPart(DnsRecord record, MdnsInstance instance, double spread, TimeSpan now)
    {
        var cached = new MdnsCached(record, instance, now, spread);
        if (record.Data is not DnsData.Service service)
        {
            if (record.LifetimeSeconds > 0 || instance.Text?.Record.SaysTheSameAs(record) == true)
            {
                instance.Text = Replace(instance.Text, cached);
                Changed(instance);
            }
            return;
        }
        if (record.LifetimeSeconds == 0 && instance.Service?.Record.SaysTheSameAs(record) != true)
        {
            return;
        }
        instance.Service = Replace(instance.Service, cached);
        if (instance.Host is null || !instance.Host.Name.Equals(service.Host))
        {
            Leave(instance);
            if (!_hosts.TryGetValue(service.Host, out MdnsHost? host))
            {
                _hosts[service.Host] = host = new MdnsHost(service.Host);
            }
            host.Instances.Add(instance);
            instance.Host = host;
        }
        Changed(instance);
    }

    private void AddToHost(DnsRecord record, MdnsHost host, HashSet<(MdnsHost, DnsType)> flushed, double spread, TimeSpan now)
    {
        if (record.Data is DnsData.OnlyTypes only)
        {
            TimeSpan until = now + TimeSpan.FromSeconds(Math.Min(record.LifetimeSeconds, MdnsRecords.HostLifetimeSeconds));
            host.NoV4Until = only.Types.Contains(DnsType.A) ? TimeSpan.Zero : until;
            host.NoV6Until = only.Types.Contains(DnsType.Aaaa) ? TimeSpan.Zero : until;
            return;
        }
        if (record.IsUnique && flushed.Add((host, record.Type)))
        {
            // Older ones end in a second, unless this packet repeats them (§10.2).
            foreach (MdnsCached old in host.Addresses)
            {
                if (old.Record.Type == record.Type && old.HeardAt < now - FlushAge)
                {
                    old.EndSoon(now);
                    _due.Enqueue(old, old.NextAt);
                }
            }
        }
        int index = host.Addresses.FindIndex(a => a.Record.SaysTheSameAs(record));
        if (index >= 0)
        {
            host.Addresses[index] = Replace(host.Addresses[index], new MdnsCached(record, host, now, spread));
        }
        else if (record.LifetimeSeconds > 0 && host.Addresses.Count < Limits.NodeAddresses)
        {
            host.Addresses.Add(Replace(null, new MdnsCached(record, host, now, spread)));
        }
        host.Instances.ForEach(Changed);
    }

    private void OnDue(MdnsCached cached, List<DnsQuestion> questions, TimeSpan now)
    {
        if (cached.Ends > now)
        {
            cached.Asked();
            questions.Add(new DnsQuestion(cached.Record.Name, cached.Record.Type));
            _due.Enqueue(cached, cached.NextAt);
            return;
        }
        cached.IsGone = true;
        _live--;
        if (cached.Owner is MdnsHost host)
        {
            host.Addresses.Remove(cached);
            host.Instances.ForEach(i => Lacking(i, now));
            return;
        }
        var instance = (MdnsInstance)cached.Owner;
        if (cached == instance.Pointer)
        {
            Forget(instance);
            return;
        }
        if (cached == instance.Service)
        {
            instance.Service = null;
            Leave(instance);
        }
        else
        {
            instance.Text = null;
        }
        Lacking(instance, now);
    }

    private void OnDue(MdnsInstance instance, List<DnsQuestion> questions, TimeSpan now)
    {
        if (!instance.IsLacking)
        {
            (instance.AskAt, instance.Attempts) = (null, 0);
            return;
        }
        if (instance.Attempts == MostAttempts)
        {
            Forget(instance);
            return;
        }
        if (instance.Service is null)
        {
            questions.Add(new DnsQuestion(instance.Name, DnsType.Srv));
        }
        if (instance.Text is null)
        {
            questions.Add(new DnsQuestion(instance.Name, DnsType.Txt));
        }
        if (instance.Host is { Addresses.Count: 0 } host)
        {
            if (host.NoV4Until <= now)
            {
                questions.Add(new DnsQuestion(host.Name, DnsType.A));
            }
            if (host.NoV6Until <= now)
            {
                questions.Add(new DnsQuestion(host.Name, DnsType.Aaaa));
            }
        }
        AskAgain(instance, now);
    }

    /// <summary>Begins to ask for what ended.</summary>
    private void Lacking(MdnsInstance instance, TimeSpan now)
    {
        Changed(instance);
        if (instance.AskAt is null && instance.IsLacking)
        {
            instance.AskAt = now;
            _due.Enqueue(instance, now);
        }
    }

    private void AskAgain(MdnsInstance instance, TimeSpan now)
    {
        instance.AskAt = now + Interval(instance);
        instance.Attempts++;
        _due.Enqueue(instance, instance.AskAt.Value);
    }

    private static TimeSpan Interval(MdnsInstance instance) => TimeSpan.FromSeconds(1 << instance.Attempts);

    private void Heard(MdnsCached? cached, TimeSpan now)
    {
        if (cached?.IsAboutToBeAsked(now) == true)
        {
            cached.Asked();
            _due.Enqueue(cached, cached.NextAt);
        }
    }

    private MdnsCached Replace(MdnsCached? old, MdnsCached cached)
    {
        End(old);
        _live++;
        _due.Enqueue(cached, cached.NextAt);
        return cached;
    }

    private void End(MdnsCached? cached)
    {
        if (cached is { IsGone: false })
        {
            cached.IsGone = true;
            _live--;
        }
    }

    private void Forget(MdnsInstance instance)
    {
        End(instance.Pointer);
        End(instance.Service);
        End(instance.Text);
        Leave(instance);
        instance.IsGone = true;
        _instances.Remove(instance.Name);
        List<MdnsInstance> told = _sources[instance.Source];
        told.Remove(instance);
        if (told.Count == 0)
        {
            _sources.Remove(instance.Source);
        }
        Changed(instance);
    }

    private void Leave(MdnsInstance instance)
    {
        if (instance.Host is { } host)
        {
            instance.Host = null;
            host.Instances.Remove(instance);
            if (host.Instances.Count == 0)
            {
                _hosts.Remove(host.Name);
                host.Addresses.ForEach(End);
            }
        }
    }

    private bool MakeRoom(IPAddress source)
    {
        if (_instances.Count < Limits.MdnsNodes)
        {
            return true;
        }
        if (_evictions++ >= MostEvictions)
        {
            return false;
        }
        List<MdnsInstance> most = _sources.Values.MaxBy(l => l.Count)!;
        int own = _sources.TryGetValue(source, out List<MdnsInstance>? told) ? told.Count : 0;
        if (own + 1 >= most.Count)
        {
            return false;
        }
        Forget(most[^1]);
        return true;
    }

    private void Changed(MdnsInstance instance)
    {
        if (!instance.IsChanged)
        {
            instance.IsChanged = true;
            _changed.Add(instance);
        }
    }

    /// <summary>Throws out the due dates of what is gone, once they are the most.</summary>
    private void Compact()
    {
        if (_due.Count > 256 + (3 * (_live + _instances.Count)))
        {
            (object Item, TimeSpan At)[] due = [.. _due.UnorderedItems.Where(d => d.Element switch
            {
                MdnsCached cached => !cached.IsGone && cached.NextAt == d.Priority,
                MdnsInstance instance => !instance.IsGone && instance.AskAt == d.Priority,
                _ => false,
            })];
            _due.Clear();
            _due.EnqueueRange(due.Select(d => (d.Item, d.At)));
        }
    }
}
