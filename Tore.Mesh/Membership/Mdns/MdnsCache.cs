using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// What was heard of other nodes on one interface, each record until its time runs out (RFC 6762 §5.2, §10). Pure and bounded:
/// beyond <see cref="Limits.MdnsNodes"/> new names are not taken in.
/// </summary>
internal sealed class MdnsCache
{
    private readonly Dictionary<DnsName, Instance> _instances = [];
    private readonly Dictionary<DnsName, List<HostAddress>> _hosts = [];

    /// <summary>When the next record runs out; null when there is none.</summary>
    public TimeSpan? NextExpiry { get; private set; }

    /// <summary>Takes the records of a response in.</summary>
    public void Add(IEnumerable<DnsRecord> records, TimeSpan now)
    {
        var flushed = new HashSet<(DnsName, DnsType)>();
        foreach (DnsRecord record in records)
        {
            TimeSpan until = now + TimeSpan.FromSeconds(Math.Min(record.LifetimeSeconds, 2 * MdnsRecords.OtherLifetimeSeconds));
            switch (record.Data)
            {
                case DnsData.Pointer pointer when record.Name.Equals(MdnsRecords.ServiceType) && IsOurs(pointer.Target):
                    if (At(pointer.Target) is { } pointed)
                    {
                        pointed.PointerUntil = until;
                    }
                    break;
                case DnsData.Service service when IsOurs(record.Name):
                    if (At(record.Name) is { } served)
                    {
                        (served.Service, served.ServiceUntil) = (service, until);
                    }
                    break;
                case DnsData.Text text when IsOurs(record.Name):
                    if (At(record.Name) is { } described)
                    {
                        (described.Text, described.TextUntil) = (text, until);
                    }
                    break;
                case DnsData.Address address:
                    AddAddress(record, address.Value, until, flushed);
                    break;
            }
        }
        Expire(now);
    }

    /// <summary>Drops what has run out.</summary>
    public void Expire(TimeSpan now)
    {
        TimeSpan? next = null;
        foreach ((DnsName name, Instance instance) in _instances)
        {
            if (instance.ServiceUntil <= now)
            {
                instance.Service = null;
            }
            if (instance.TextUntil <= now)
            {
                instance.Text = null;
            }
            if (instance.PointerUntil <= now && instance.Service is null && instance.Text is null)
            {
                _instances.Remove(name);
                continue;
            }
            Earliest(ref next, instance.PointerUntil, now);
            Earliest(ref next, instance.ServiceUntil, now);
            Earliest(ref next, instance.TextUntil, now);
        }
        foreach ((DnsName name, List<HostAddress> addresses) in _hosts)
        {
            addresses.RemoveAll(a => a.Until <= now);
            if (addresses.Count == 0)
            {
                _hosts.Remove(name);
                continue;
            }
            foreach (HostAddress address in addresses)
            {
                Earliest(ref next, address.Until, now);
            }
        }
        NextExpiry = next;
    }

    /// <summary>Every node that can be dialled by what is known: pointer, service, text and an address.</summary>
    public Dictionary<NodeId, MdnsNode> Resolved(TimeSpan now)
    {
        var nodes = new Dictionary<NodeId, MdnsNode>();
        foreach ((DnsName name, Instance instance) in _instances)
        {
            if (instance.PointerUntil > now && instance is { Service: { } service, Text: { } text }
                && _hosts.TryGetValue(service.Host, out List<HostAddress>? addresses)
                && MdnsRecords.Read(name, service, text, addresses.Select(a => a.Address)) is { } node)
            {
                nodes[node.Node] = node;
            }
        }
        return nodes;
    }

    /// <summary>Nodes that were pointed at but cannot be dialled yet: their records are to be asked for.</summary>
    public IEnumerable<NodeId> Unresolved(TimeSpan now)
    {
        foreach ((DnsName name, Instance instance) in _instances)
        {
            bool resolved = instance.Text is not null && instance.Service is not null && _hosts.ContainsKey(instance.Service.Host);
            if (!resolved && instance.PointerUntil > now && NodeId.TryParse(name.Labels[0], out NodeId node))
            {
                yield return node;
            }
        }
    }

    private static bool IsOurs(DnsName name) => name.IsChildOf(MdnsRecords.ServiceType) && NodeId.TryParse(name.Labels[0], out _);

    private static void Earliest(ref TimeSpan? next, TimeSpan until, TimeSpan now)
    {
        if (until > now && !(next <= until))
        {
            next = until;
        }
    }

    private void AddAddress(DnsRecord record, IPAddress address, TimeSpan until, HashSet<(DnsName, DnsType)> flushed)
    {
        if (!_hosts.TryGetValue(record.Name, out List<HostAddress>? addresses))
        {
            // Only hosts of our own naming: the segment is full of others.
            if (!record.Name.Labels[0].StartsWith("tore-", StringComparison.OrdinalIgnoreCase) || _hosts.Count >= Limits.MdnsNodes)
            {
                return;
            }
            _hosts[record.Name] = addresses = [];
        }
        if (record.IsUnique && flushed.Add((record.Name, record.Data.Type)))
        {
            // RFC 6762 §10.2 keeps old ones for a second, for hosts that split their set over packets; ours send one packet.
            addresses.RemoveAll(a => a.Address.AddressFamily == address.AddressFamily);
        }
        addresses.RemoveAll(a => a.Address.Equals(address));
        if (addresses.Count < Limits.NodeAddresses)
        {
            addresses.Add(new HostAddress(address, until));
        }
    }

    private Instance? At(DnsName name)
    {
        if (!_instances.TryGetValue(name, out Instance? instance))
        {
            if (_instances.Count >= Limits.MdnsNodes)
            {
                return null;
            }
            _instances[name] = instance = new Instance();
        }
        return instance;
    }

    private readonly record struct HostAddress(IPAddress Address, TimeSpan Until);

    private sealed class Instance
    {
        public TimeSpan PointerUntil { get; set; }

        public DnsData.Service? Service { get; set; }

        public TimeSpan ServiceUntil { get; set; }

        public DnsData.Text? Text { get; set; }

        public TimeSpan TextUntil { get; set; }
    }
}
