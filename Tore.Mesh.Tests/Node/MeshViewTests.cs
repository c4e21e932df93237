using System.Collections.Immutable;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Node;

public sealed class MeshViewTests
{
    private static readonly NodeId Self = TestIds.Of(0), Other = TestIds.Of(1);

    private readonly MeshView _view = new(new NodeInfo { Node = Self }, _ => throw new NotSupportedException(), _ => null);

    [Theory]
    [InlineData(MemberState.Alive, true)]
    [InlineData(MemberState.Suspect, true)]
    [InlineData(MemberState.Dead, false)]
    [InlineData(MemberState.Left, false)]
    public void OnMesh_MemberInAState_IsPlannedWithWhileItLives(MemberState state, bool planned)
    {
        _view.OnMesh(Mesh(1, Member() with { State = state }));
        Assert.Equal(planned, _view.Current.Has(Other));
        Assert.True(_view.Current.Has(Self));
    }

    [Fact]
    public void OnMesh_MemberWithoutCapabilities_OrThatDrains_IsNotPlannedWith()
    {
        _view.OnMesh(Mesh(1, Member() with { Capabilities = null }));
        Assert.False(_view.Current.Has(Other));
        _view.OnMesh(Mesh(2, Member() with { Capabilities = new NodeInfo { Node = Other, IsDraining = true } }));
        Assert.False(_view.Current.Has(Other));
        _view.OnMesh(Mesh(3, Member()));
        Assert.True(_view.Current.Has(Other));
    }

    [Fact]
    public void OnMesh_MemberWithoutALink_IsPlannedWithOnlyWhereLinksAreMadeOnDemand()
    {
        _view.OnMesh(Mesh(1, Member() with { Link = null }));
        Assert.False(_view.Current.Has(Other));
        _view.OnMesh(Mesh(2, Member() with { Link = null }) with { IsPartial = true });
        Assert.True(_view.Current.Has(Other));
    }

    [Fact]
    public void OnMesh_OlderSnapshot_IsPassedOver()
    {
        _view.OnMesh(Mesh(2, Member()));
        _view.OnMesh(Mesh(1, Member() with { State = MemberState.Dead }));
        Assert.True(_view.Current.Has(Other));
    }

    [Fact]
    public async Task WaitForChangeAsync_WakesOnMembersAndOnTheOwnChange()
    {
        long version = _view.Current.Version;
        Task waiting = _view.WaitForChangeAsync(version, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        _view.OnMesh(Mesh(1, Member()));
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        version = _view.Current.Version;
        waiting = _view.WaitForChangeAsync(version, TestContext.Current.CancellationToken);
        _view.OnOwn(own => own with { SlotsInUse = 1 });
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(1, _view.Own.SlotsInUse);
    }

    private static MeshSnapshot Mesh(long version, MeshMember member) => new()
    {
        Version = version,
        Members = ImmutableSortedDictionary<NodeId, MeshMember>.Empty.Add(member.Node, member),
    };

    private static MeshMember Member() => new()
    {
        Node = Other,
        State = MemberState.Alive,
        Incarnation = 1,
        Start = 1,
        Since = TimeSpan.Zero,
        Addresses = ["127.0.0.1:7601"],
        Link = 1,
        Capabilities = new NodeInfo { Node = Other },
    };
}
