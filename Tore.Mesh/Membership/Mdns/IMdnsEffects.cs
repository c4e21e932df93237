namespace Tore.Mesh.Membership.Mdns;

/// <summary>What <see cref="MdnsCore"/> asks of its shell.</summary>
internal interface IMdnsEffects : IMdnsListener
{
    /// <summary>Multicast this on the core's interface.</summary>
    void Send(DnsMessage message);
}
