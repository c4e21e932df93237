using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>A running responder and browser that hears packets from strangers: its state and what it sends stay bounded.</summary>
internal sealed class MdnsCoreTarget : FuzzTarget, IMdnsEffects
{
    private readonly MdnsCore _core;
    private readonly HashSet<NodeId> _known = [];
    private TimeSpan _now;

    public MdnsCoreTarget()
    {
        _core = new MdnsCore(DnsSamples.Node(3), this, new Random(3));
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
        _core.OnMessage(message, _now);
        return _known.Count <= Limits.MdnsNodes
            ? true
            : throw new InvalidOperationException($"{_known.Count} nodes are remembered, more than the limit");
    }

    void IMdnsEffects.Send(DnsMessage message)
    {
    }

    void IMdnsListener.Found(MdnsNode node) => _known.Add(node.Node);

    void IMdnsListener.Lost(NodeId node) => _known.Remove(node);
}
