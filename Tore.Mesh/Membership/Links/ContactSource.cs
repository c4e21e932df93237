namespace Tore.Mesh.Membership.Links;

/// <summary>Who said that a node may be dialled at an address; the strongest where several did.</summary>
internal enum ContactSource
{
    /// <summary>The member's own signed record.</summary>
    Member,

    /// <summary>Heard by mDNS.</summary>
    Mdns,

    /// <summary>This node's user: a seed, an invite, or where it last met peers. Never forgotten.</summary>
    Seed,
}
