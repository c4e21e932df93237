namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// The records of one node on all its links, and those it had a moment ago. Its own packets come back to it, late ones with what it
/// said before, and over a second interface into the same network: none of that is a conflict (RFC 6762 §9, §14).
/// </summary>
internal sealed class MdnsKin
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly Dictionary<object, IReadOnlyList<DnsRecord>> _present = [];
    private readonly Queue<(IReadOnlyList<DnsRecord> Records, TimeSpan Until)> _former = [];

    /// <summary>
    /// One core's records are these from now on; none when it ends. Those before are remembered only where they were its own: what it
    /// merely probed for belongs to whoever has it.
    /// </summary>
    public void Set(object core, IReadOnlyList<DnsRecord> records, bool owned, TimeSpan now)
    {
        if (_present.Remove(core, out IReadOnlyList<DnsRecord>? before) && owned)
        {
            _former.Enqueue((before, now + Memory));
        }
        if (records.Count > 0)
        {
            _present[core] = records;
        }
        Forget(now);
    }

    /// <summary>Whether this node says so, or did.</summary>
    public bool Said(DnsRecord record, TimeSpan now)
    {
        Forget(now);
        return _present.Values.Any(l => l.Any(record.SaysTheSameAs)) || _former.Any(f => f.Records.Any(record.SaysTheSameAs));
    }

    private void Forget(TimeSpan now)
    {
        while (_former.TryPeek(out (IReadOnlyList<DnsRecord> Records, TimeSpan Until) oldest) && oldest.Until <= now)
        {
            _former.Dequeue();
        }
    }
}
