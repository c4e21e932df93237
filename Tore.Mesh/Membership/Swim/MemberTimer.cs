namespace Tore.Mesh.Membership.Swim;

/// <summary>A timer as data: never cancelled, but recognised as stale by its token when it is due.</summary>
/// <param name="Kind">What is due.</param>
/// <param name="Member">About whom; null where it is about nobody.</param>
/// <param name="Token">Under which it was set.</param>
internal readonly record struct MemberTimer(MemberTimerKind Kind, Member? Member = null, ulong Token = 0);
