using Tore.Mesh.Scenarios;

namespace Tore.Mesh.Tests.Simulations;

/// <summary>The short form of each scenario, with the targets of the long one. Their figures are in docs/benchmarks.md.</summary>
public sealed class ScenarioTests
{
    [Theory]
    [InlineData("speed", 1, 0.05)]
    [InlineData("swarm", 200, null)]
    [InlineData("canary", 100, null)]
    [InlineData("detection-16", 6, null)]
    [InlineData("detection-100", 1, null)]
    [InlineData("false-deaths", 1, 0.2)]
    [InlineData("liars", 1, 0.01)]
    [InlineData("join-100", 1, null)]
    [InlineData("heal-16", 10, null)]
    [InlineData("heal-100", 1, null)]
    [InlineData("convergence-16", 4, null)]
    [InlineData("convergence-100", 1, null)]
    public void Scenario_ShortForm_HoldsItsTargets(string name, int seeds, double? hours)
    {
        IScenario scenario = AllScenarios.List.Single(s => s.Name == name);
        AssertHolds(scenario.Run(new ScenarioOptions { Seeds = seeds, Hours = hours }));
    }

    [Fact]
    public void Stalls_ShortForm_PlainSwimBuriesTheLivingAndOursDoesNot()
    {
        ScenarioResult result = new StallsScenario().Run(new ScenarioOptions { Hours = 0.02 });
        Assert.True(result.Figures.Single(f => f.Name == "false deaths, plain SWIM").Value > 0, Describe(result));
        AssertHolds(result);
    }

    [Fact]
    public void Idle_ShortForm_CostsTheSameAt100NodesAsAt16() => AssertHolds(IdleScenario.Run(new ScenarioOptions(), [16, 100]));

    private static void AssertHolds(ScenarioResult result) => Assert.True(result.Holds, Describe(result));

    private static string Describe(ScenarioResult result) =>
        string.Join('\n', [.. result.Figures.Select(f => f.ToString()), .. result.Failures]);
}
