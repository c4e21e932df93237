namespace Tore.Mesh.Membership.Swim;

/// <summary>Another running process has this node's key: a copied data folder.</summary>
/// <param name="OtherStart">The other process's start.</param>
/// <param name="Since">When that was first sure, on <c>Moment.Elapsed</c>.</param>
/// <param name="LastSeen">When the other was last heard of.</param>
internal sealed record DuplicateKeyReport(ulong OtherStart, TimeSpan Since, TimeSpan LastSeen);
