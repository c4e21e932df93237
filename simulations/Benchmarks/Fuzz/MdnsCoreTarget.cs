using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>A running responder and browser that hears packets from strangers: its state and what it sends stay bounded.</summary>
internal sealed class MdnsCoreTarget : FuzzTarget, IMdnsEffects
{
    private readonly MdnsCore _core;
    private readonly HashSet<DnsName> _known = [];
    private TimeSpan _now;
    private int _fed;

    public MdnsCoreTarget()
    {
        _core = new MdnsCore(DnsSamples.Node(3), DnsSamples.Link(DnsSamples.Node(3)), new MdnsKin(), this, new Random(3));
        _core.Start(_now);
    }

    /// <inheritdoc/>
    public override string Name => "mDNS responder";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus { get; } = DnsSamples.Packets();

    /// <summary>A packet may end with a whole answer of ours, and with the publishing of nodes that its records complete.</summary>
    public override long AllocationLimit(int inputBytes) => (1024 * 1024) + (64L * inputBytes);

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        _now += TimeSpan.FromMilliseconds(20);
        if (_core.NextDeadline <= _now)
        {
            _core.OnTimer(_now);
        }
        if (!DnsReader.TryRead(input, out DnsMessage message))
        {
            return false;
        }
        // To all as a rule; now and then to this node alone, and from an ordinary client.
        _fed++;
        var sender = new IPEndPoint(IPAddress.Parse($"192.0.2.{1 + (_fed % 250)}"), _fed % 7 == 0 ? 40_000 : MdnsSource.Port);
        _core.OnMessage(message, new MdnsSource(sender, _fed % 5 != 0, _fed % 11 != 0), _now);
        return _known.Count <= Limits.MdnsNodes
            ? true
            : throw new InvalidOperationException($"{_known.Count} nodes are remembered, more than the limit");
    }

    bool IMdnsEffects.Send(DnsMessage message) => true;

    void IMdnsEffects.SendTo(IPEndPoint asker, DnsMessage message)
    {
    }

    void IMdnsEffects.Found(DnsName instance, MdnsNode node) => _known.Add(instance);

    void IMdnsEffects.Lost(DnsName instance) => _known.Remove(instance);
}
