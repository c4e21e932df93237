using Tore.Mesh.Tests.Membership.Swim;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>A link between two houses of a <see cref="MemberTown"/>: what is sent one way arrives in order.</summary>
internal sealed class TownLink(MemberTown town, MemberHouse a, MemberHouse b)
{
    private TimeSpan _toA, _toB;

    public bool IsOpen { get; private set; } = true;

    public MemberHouse Other(MemberHouse house) => house == a ? b : a;

    /// <summary>Brings something to the other end, behind what was sent before; nothing arrives across a cut.</summary>
    public void Carry(MemberHouse from, Action deliver)
    {
        MemberHouse to = Other(from);
        ref TimeSpan last = ref to == a ? ref _toA : ref _toB;
        TimeSpan at = town.Now + town.Latency();
        last = at > last ? at : last;
        town.Later(last, () =>
        {
            if (IsOpen && !town.IsCut(from, to))
            {
                deliver();
            }
        });
    }

    /// <summary>One end closes: it is gone there at once, at the other behind what is under way, if anything gets through.</summary>
    public void Close(MemberHouse by, bool broken)
    {
        MemberHouse other = Other(by);
        by.Closed(this, broken: false);
        Carry(by, () =>
        {
            IsOpen = false;
            other.Closed(this, broken);
        });
    }
}
