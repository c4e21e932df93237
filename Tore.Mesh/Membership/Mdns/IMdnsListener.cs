using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>Hears which nodes mDNS finds. Must not block.</summary>
internal interface IMdnsListener
{
    /// <summary>A node was found, or says something new of itself.</summary>
    void Found(MdnsNode node);

    /// <summary>A node took its records back, or they ran out.</summary>
    void Lost(NodeId node);
}
