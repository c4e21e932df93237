namespace Tore.Mesh.Membership.Mdns;

/// <summary>What a claim asks for when it is due.</summary>
internal enum MdnsClaimStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Ask whether anybody has the names.</summary>
    Probe,

    /// <summary>Tell everybody the records.</summary>
    Announce,
}
