namespace Tore.Mesh.Membership.Mdns;

/// <summary>Why a node that mDNS found is not one to link with.</summary>
internal enum MdnsDifference
{
    /// <summary>None: it is of this mesh.</summary>
    None,

    /// <summary>Its mesh fingerprint is another's.</summary>
    Mesh,

    /// <summary>It is of this mesh, but no wire version is common.</summary>
    WireVersion,
}
