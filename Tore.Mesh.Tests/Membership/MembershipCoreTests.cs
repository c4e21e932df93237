using Tore.Mesh.Membership;

namespace Tore.Mesh.Tests.Membership;

public sealed class MembershipCoreTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Start_ManyNodesThatKnowOne_AllKnowAll(int seed)
    {
        MemberTown town = MemberTown.Of(8, seed);
        Assert.True(town.IsSettled());
        Assert.True(town.AreEqual());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Kill_OneOfSixteen_IsDeadEverywhereSoon(int seed)
    {
        MemberTown town = MemberTown.Of(16, seed);
        town[5].Kill();
        Assert.InRange(town.RunUntil(town.IsSettled, 30) ?? 99, 2, 12);
    }
}
