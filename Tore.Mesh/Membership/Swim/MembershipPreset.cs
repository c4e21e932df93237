namespace Tore.Mesh.Membership.Swim;

/// <summary>How patient a node is with its peers, by how far they are (<c>--preset</c>).</summary>
public enum MembershipPreset
{
    /// <summary>One machine.</summary>
    Local,

    /// <summary>One building.</summary>
    Lan,

    /// <summary>The internet: round trips of hundreds of milliseconds.</summary>
    Wan,
}
