using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// The dead and departed, remembered so that old gossip cannot bring them back: each for a time, and never more than
/// <see cref="Limits.Tombstones"/> of them; the oldest makes way.
/// </summary>
internal sealed class Tombstones
{
    private readonly LinkedList<Member> _byAge = new();
    private readonly List<Member> _dead = [];

    /// <summary>How many.</summary>
    public int Count => _byAge.Count;

    /// <summary>How many of them died, rather than left.</summary>
    public int DeadCount => _dead.Count;

    /// <summary>The first to be forgotten; null when there is none.</summary>
    public Member? Oldest => _byAge.First?.Value;

    /// <summary>Sets one for a member that is no longer living.</summary>
    public void Set(Member member, TimeSpan now)
    {
        Remove(member);
        member.BuriedAt = now;
        member.Tombstone = _byAge.AddLast(member);
        if (member.State == MemberState.Dead)
        {
            member.DeadAt = _dead.Count;
            _dead.Add(member);
        }
    }

    /// <summary>Takes it away, if there is one.</summary>
    public void Remove(Member member)
    {
        if (member.Tombstone is not { } stone)
        {
            return;
        }
        _byAge.Remove(stone);
        member.Tombstone = null;
        if (member.DeadAt >= 0)
        {
            Member last = _dead[^1];
            (_dead[member.DeadAt], last.DeadAt) = (last, member.DeadAt);
            _dead.RemoveAt(_dead.Count - 1);
            member.DeadAt = -1;
        }
    }

    /// <summary>One of the dead; there must be one.</summary>
    public Member DrawDead(Random random) => _dead[random.Next(_dead.Count)];
}
