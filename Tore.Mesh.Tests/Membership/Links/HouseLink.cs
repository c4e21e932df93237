using Tore.Mesh.Tests.Membership.Links;

namespace Tore.Mesh.Tests.Membership.Links;

/// <summary>A link of a <see cref="LinkTown"/>. Each end numbers its links in the order in which it learns of them.</summary>
internal sealed class HouseLink(LinkHouse a, LinkHouse b)
{
    private TimeSpan _toA, _toB;
    private long _atA, _atB;

    public LinkHouse Other(LinkHouse house) => house == a ? b : a;

    /// <summary>Its number at an end; 0 before that end learned of it, or after it ended there.</summary>
    public ref long NumberAt(LinkHouse house) => ref house == a ? ref _atA : ref _atB;

    /// <summary>No message overtakes another in the same direction.</summary>
    public TimeSpan DueAt(LinkHouse to, TimeSpan at)
    {
        ref TimeSpan last = ref to == a ? ref _toA : ref _toB;
        return last = at > last ? at : last;
    }
}
