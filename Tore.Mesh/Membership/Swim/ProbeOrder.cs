using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// Whose turn it is: every member once a round, in an order that is shuffled for each round; a newcomer at a random place of the present
/// one. So the time until a member is probed is bounded (SWIM's round-robin probe target selection).
/// </summary>
internal sealed class ProbeOrder
{
    private readonly MembershipContext _context;
    private readonly List<Member> _order = [];
    private int _next;

    /// <summary>Makes an empty round.</summary>
    public ProbeOrder(MembershipContext context) => _context = context;

    /// <summary>A member lives, or lives again.</summary>
    public void Join(Member member) => _order.Insert(_context.Random.Next(_next, _order.Count + 1), member);

    /// <summary>The next target; null when there is none.</summary>
    public Member? Next()
    {
        // In a large mesh each node watches its neighbours only; in a small one everybody.
        bool linkedOnly = _context.Table.Living > Limits.ControlPeers;
        for (int round = 0; round < 2; round++)
        {
            while (_next < _order.Count)
            {
                Member member = _order[_next++];
                if (member.LivingAt >= 0 && (member.IsLinked || !linkedOnly))
                {
                    return member;
                }
            }
            Begin();
        }
        return null;
    }

    private void Begin()
    {
        _next = 0;
        _order.Clear();
        _order.AddRange(_context.Table.LivingMembers);
        Draw.Shuffle(_context.Random, _order);
    }
}
