namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// What this node holds of a member. At equal incarnations the higher value wins a merge; a higher incarnation always wins.
/// </summary>
public enum MemberState : byte
{
    /// <summary>There, as far as is known.</summary>
    Alive = 0,

    /// <summary>Somebody's probes were not answered; it may refute.</summary>
    Suspect = 1,

    /// <summary>Suspected long enough, and this node's own probe failed too. Kept as a tombstone.</summary>
    Dead = 2,

    /// <summary>It said itself that it leaves. Kept as a tombstone.</summary>
    Left = 3,
}
