namespace Tore.Mesh.Tests.Membership;

/// <summary>A link of a <see cref="LinkTown"/>.</summary>
internal sealed class HouseLink(long number, LinkHouse a, LinkHouse b)
{
    private TimeSpan _toA, _toB;

    public long Number => number;

    public LinkHouse Other(LinkHouse house) => house == a ? b : a;

    /// <summary>No message overtakes another in the same direction.</summary>
    public TimeSpan DueAt(LinkHouse to, TimeSpan at)
    {
        ref TimeSpan last = ref to == a ? ref _toA : ref _toB;
        return last = at > last ? at : last;
    }
}
