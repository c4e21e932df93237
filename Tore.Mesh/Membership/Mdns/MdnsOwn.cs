using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>The records that this node has on one link, under the names it bears there, and which of them answer what.</summary>
internal sealed class MdnsOwn
{
    private readonly MdnsNode _node;
    private int _hostNumber = 1;
    private int _instanceNumber = 1;
    private IReadOnlyList<IPAddress> _addresses;

    /// <summary>Takes what the node says; its addresses are those on this link.</summary>
    public MdnsOwn(MdnsNode node)
    {
        _node = node;
        _addresses = node.Addresses;
        Make();
    }

    /// <summary>Who this is.</summary>
    public NodeId Node => _node.Node;

    /// <summary>The host name.</summary>
    public DnsName Host { get; private set; } = null!;

    /// <summary>The service instance.</summary>
    public DnsName Instance { get; private set; } = null!;

    /// <summary>From the service type to the instance.</summary>
    public DnsRecord Pointer { get; private set; } = null!;

    /// <summary>The records that nobody else may have: SRV, TXT, addresses.</summary>
    public IReadOnlyList<DnsRecord> Unique { get; private set; } = [];

    /// <summary>All that is announced: pointers and unique records.</summary>
    public IReadOnlyList<DnsRecord> All { get; private set; } = [];

    private DnsRecord Service { get; set; } = null!;

    private DnsRecord Text { get; set; } = null!;

    private DnsRecord HostTypes { get; set; } = null!;

    private DnsRecord InstanceTypes { get; set; } = null!;

    private IReadOnlyList<DnsRecord> Addresses { get; set; } = [];

    /// <summary>Whether a record is one of these, whatever its lifetime.</summary>
    public bool Has(DnsRecord record) => All.Any(record.SaysTheSameAs);

    /// <summary>Whether a record bears one of the names that are this node's alone.</summary>
    public bool IsNamedAsOurs(DnsRecord record) => record.Name.Equals(Host) || record.Name.Equals(Instance);

    /// <summary>Takes a fresh name in place of the given one, which somebody else has.</summary>
    public void Rename(DnsName taken)
    {
        _hostNumber += taken.Equals(Host) ? 1 : 0;
        _instanceNumber += taken.Equals(Instance) ? 1 : 0;
        Make();
    }

    /// <summary>The addresses on the link are others now.</summary>
    public void Move(IReadOnlyList<IPAddress> addresses)
    {
        _addresses = addresses;
        Make();
    }

    /// <summary>The records that answer a question; none when it is not about this node.</summary>
    public IEnumerable<DnsRecord> AnswersTo(DnsQuestion question)
    {
        DnsName name = question.Name;
        bool isPointer = question.Type is DnsType.Ptr or DnsType.Any;
        if (isPointer && name.Equals(MdnsRecords.ServiceType))
        {
            return [Pointer];
        }
        if (isPointer && name.Equals(MdnsRecords.AllTypes))
        {
            return [MdnsRecords.TypePointer];
        }
        if (!name.Equals(Host) && !name.Equals(Instance))
        {
            return [];
        }
        DnsRecord[] found = [.. Unique.Where(r => r.Name.Equals(name) && (question.Type == r.Type || question.Type == DnsType.Any))];
        // The name is ours alone, so we know what it has not (RFC 6762 §6.1).
        return found.Length > 0 ? found : [name.Equals(Host) ? HostTypes : InstanceTypes];
    }

    /// <summary>What an asker will want next (RFC 6763 §12, RFC 6762 §6.2).</summary>
    public IEnumerable<DnsRecord> AdditionalsTo(DnsRecord answer) => answer.Type switch
    {
        DnsType.Ptr when answer.SaysTheSameAs(Pointer) => [Service, Text, .. Addresses, .. MissingFamily()],
        DnsType.Srv => [.. Addresses, .. MissingFamily()],
        DnsType.A or DnsType.Aaaa => [.. Addresses, .. MissingFamily()],
        _ => [],
    };

    private DnsRecord[] MissingFamily() => Addresses.Select(a => a.Type).Distinct().Count() < 2 ? [HostTypes] : [];

    private void Make()
    {
        Host = MdnsRecords.HostOf(_node.Node, _hostNumber);
        Instance = MdnsRecords.InstanceOf(_node.Node, _instanceNumber);
        Pointer = MdnsRecords.Pointer(Instance);
        Service = MdnsRecords.Service(Instance, Host, _node.Port);
        Text = MdnsRecords.Text(Instance, _node);
        Addresses = [.. _addresses.Take(Limits.NodeAddresses).Select(a => MdnsRecords.Address(Host, a))];
        HostTypes = MdnsRecords.OnlyTypes(Host, [.. Addresses.Select(a => a.Type).Distinct().Order()]);
        InstanceTypes = MdnsRecords.OnlyTypes(Instance, [DnsType.Txt, DnsType.Srv]);
        Unique = [Service, Text, .. Addresses];
        All = [Pointer, .. Unique, MdnsRecords.TypePointer];
    }
}
