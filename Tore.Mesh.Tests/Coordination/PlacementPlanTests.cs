using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Coordination;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Coordination;

public sealed class PlacementPlanTests
{
    [Theory]
    [InlineData(8, "1:", "1=0-7", "")]
    [InlineData(8, "3: 1: 2:", "1=0-2 2=3-5 3=6-7", "")]
    [InlineData(2, "1: 2: 3:", "1=0-0 2=1-1", "")]
    [InlineData(8, "", "", "0-7")]
    [InlineData(8, "2:0-3 1:4-7", "2=0-3 1=4-7", "")]
    [InlineData(8, "2:0-3 1:5-6", "2=0-3 1=5-6", "4-4 7-7")]
    [InlineData(8, "1: 2:2-4", "1=0-7", "")] // two gaps, one node for them: it takes all
    [InlineData(8, "1: 2: 3:2-4", "1=0-1 3=2-4 2=5-7", "")]
    [InlineData(8, "1: 2:0-3", "2=0-3 1=4-7", "")]
    [InlineData(8, "1: 2:0-7", "2=0-7", "")]
    [InlineData(8, "1:0-5 2:2-7", "1=0-5 2=6-7", "")]
    [InlineData(8, "1:0-7 2:0-3", "2=0-3 1=4-7", "")]
    [InlineData(8, "1:2-5 2:0-7", "2=0-7", "")]
    [InlineData(8, "1:0-3 2:0-3", "1=0-3", "4-7")]
    [InlineData(4, "1:2-9 2:7-9", "1=2-3", "0-1")] // a limit may name layers that this model does not have
    [InlineData(12, "9:0-0 8:4-4 1: 2:", "9=0-0 1=1-3 8=4-4 2=5-11", "")]
    [InlineData(12, "9:0-0 8:4-4 1: 2: 3:", "9=0-0 1=1-3 8=4-4 2=5-8 3=9-11", "")]
    public void Make_Candidates_PlacesAsDocumented(int layers, string candidates, string stages, string missing)
    {
        PlacementPlan plan = PlacementPlan.Make(layers, Parse(candidates));
        Assert.Equal(stages, string.Join(' ', plan.Stages.Select(s => $"{Number(s.Node)}={s.Layers}")));
        Assert.Equal(missing, string.Join(' ', plan.Missing));
        Assert.Equal(missing.Length == 0, plan.IsComplete);
    }

    [Fact]
    public void Make_AnyCandidates_CoversExactlyOrNamesExactlyWhatIsMissing() =>
        Prop.ForAll(Arb.From(Cases()), c =>
        {
            PlacementPlan plan = PlacementPlan.Make(c.Layers, c.Candidates);
            int[] covered = new int[c.Layers];
            foreach (PlacedRange stage in plan.Stages)
            {
                LayerRange? limit = c.Candidates.Single(x => x.Node == stage.Node).Limit;
                Assert.True(limit is null || limit.Value.Contains(stage.Layers), "a limited node opens nothing else");
                Mark(covered, stage.Layers);
            }
            bool anyFree = c.Candidates.Any(x => x.Limit is null);
            foreach (LayerRange gap in plan.Missing)
            {
                Mark(covered, gap);
                Assert.False(anyFree, "a node without a limit could take any layer");
                Assert.DoesNotContain(c.Candidates, x => x.Limit!.Value.Overlaps(gap));
            }
            Assert.All(covered, times => Assert.Equal(1, times));
            Assert.Equal(plan.Stages.Count, plan.Stages.Select(s => s.Node).Distinct().Count());
            Assert.Equal(plan.Stages.OrderBy(s => s.Layers.Start), plan.Stages);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Make_SameCandidatesInAnyOrder_GivesTheSamePlan() =>
        Prop.ForAll(Arb.From(Cases()), c =>
        {
            PlacementPlan plan = PlacementPlan.Make(c.Layers, c.Candidates);
            Assert.Equal(plan.Stages, PlacementPlan.Make(c.Layers, c.Candidates.AsEnumerable().Reverse()).Stages);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Make_OnlyUnlimitedNodes_SharesDifferByAtMostOne() =>
        Prop.ForAll(Arb.From(Gen.Choose(1, 40)), Arb.From(Gen.Choose(1, 20)), (layers, nodes) =>
        {
            PlacementPlan plan = PlacementPlan.Make(layers, Enumerable.Range(1, nodes).Select(n => new PlacementCandidate(Id(n), null)));
            Assert.Equal(Math.Min(layers, nodes), plan.Stages.Count);
            Assert.True(plan.Stages.Max(s => s.Layers.Count) - plan.Stages.Min(s => s.Layers.Count) <= 1);
        }).QuickCheckThrowOnFailure();

    private static Gen<(int Layers, PlacementCandidate[] Candidates)> Cases() =>
        from layers in Gen.Choose(1, 20)
        from count in Gen.Choose(0, 8)
        from limits in Gen.ArrayOf(Limit(), count)
        select (layers, limits.Select((limit, i) => new PlacementCandidate(Id(i + 1), limit)).ToArray());

    private static Gen<LayerRange?> Limit() =>
        from limited in Gen.Choose(0, 3)
        from a in Gen.Choose(0, 24)
        from b in Gen.Choose(0, 24)
        select limited == 0 ? (LayerRange?)null : new LayerRange(Math.Min(a, b), Math.Max(a, b));

    private static void Mark(int[] covered, LayerRange range)
    {
        for (int layer = range.Start; layer <= range.End; layer++)
        {
            covered[layer]++;
        }
    }

    private static PlacementCandidate[] Parse(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item =>
    {
        string[] parts = item.Split(':');
        return new PlacementCandidate(Id(int.Parse(parts[0])), LayerRange.TryParse(parts[1], out LayerRange limit) ? limit : null);
    })];

    private static NodeId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    private static int Number(NodeId id) => BitConverter.ToInt32(id.Value.ToByteArray(), 0);
}
