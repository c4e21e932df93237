using System.Net;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>What <see cref="MdnsCore"/> asks of its shell.</summary>
internal interface IMdnsEffects
{
    /// <summary>Multicast this on the core's link; false when the interface refused it, as a new one may at first.</summary>
    bool Send(DnsMessage message);

    /// <summary>Send this to one asker.</summary>
    void SendTo(IPEndPoint asker, DnsMessage message);

    /// <summary>A service instance is understood, or says something new.</summary>
    void Found(DnsName instance, MdnsNode node);

    /// <summary>An instance that was found is gone.</summary>
    void Lost(DnsName instance);
}
