using System.Net;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>mDNS packets; what is taken must be written and read again to the same records.</summary>
internal sealed class DnsPacketTarget : FuzzTarget
{
    private readonly byte[] _packet = new byte[4 * Limits.MdnsPacketBytes];

    /// <inheritdoc/>
    public override string Name => "mDNS packets";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus { get; } = DnsSamples.Packets();

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        if (!DnsReader.TryRead(input, out DnsMessage message))
        {
            return false;
        }
        int length = DnsWriter.Write(message, _packet);
        if (length <= Limits.MdnsPacketBytes && !DnsReader.TryRead(_packet.AsSpan(0, length), out _))
        {
            throw new InvalidOperationException("written again, it cannot be read");
        }
        return true;
    }
}
