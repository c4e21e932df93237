using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>Hears which nodes mDNS finds, of all interfaces together. Must not block.</summary>
internal interface IMdnsListener
{
    /// <summary>
    /// A node of this mesh was found, or says something new of itself. Told once an interface and address family; the addresses
    /// of one such telling are to be added to those of the others.
    /// </summary>
    void Found(MdnsNode node);

    /// <summary>A node of this mesh took its records back everywhere, or they ran out.</summary>
    void Lost(NodeId node);

    /// <summary>A node was found that cannot be linked with: for people who wonder why.</summary>
    void FoundOther(MdnsNode node, MdnsDifference difference)
    {
    }

    /// <summary>Such a node is gone.</summary>
    void LostOther(NodeId node)
    {
    }
}
