namespace Tore.Mesh.Wire;

/// <summary>What a <see cref="MemberUpdate"/> says.</summary>
internal enum MemberUpdateKind : byte
{
    /// <summary>A member's own signed record: it is there, or it leaves.</summary>
    Record = 0,

    /// <summary>Hearsay: somebody's probes of this incarnation were not answered.</summary>
    Suspect = 1,

    /// <summary>Hearsay: somebody holds this incarnation to be dead.</summary>
    Dead = 2,
}
