using System.Net.Sockets;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>What a link's receive loop needs of the responder around it. Called from many loops.</summary>
internal interface IMdnsReceiver
{
    /// <summary>The time.</summary>
    TimeSpan Now { get; }

    /// <summary>The link of an interface and family; null when none is in use.</summary>
    MdnsLink? LinkOf((int Index, AddressFamily Family) key);

    /// <summary>A packet waits for its core, or found no room.</summary>
    void Received(bool isTaken);
}
