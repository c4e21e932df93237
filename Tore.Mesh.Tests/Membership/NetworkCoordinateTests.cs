using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership;

public sealed class NetworkCoordinateTests
{
    private static readonly NodeId Peer = TestIds.Of(1);

    [Fact]
    public void Observe_TwoNodes_PredictTheirRoundTrip()
    {
        var space = new Space(seed: 1, (_, _) => 40, nodes: 2);
        space.Run(rounds: 200);
        Assert.InRange(space.Predicted(0, 1), 38, 42);
        Assert.InRange(space.Nodes[0].Value.Error, 0, 0.1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Observe_CitiesAndAccessLinks_PredictThePairs(int seed)
    {
        // Three places 30 to 90 ms apart, and access links of 1 to 20 ms: what height is for.
        double[] access = [.. Enumerable.Range(0, 24).Select(i => 1 + (i * 7 % 20))];
        double[,] places = { { 0, 30, 80 }, { 30, 0, 90 }, { 80, 90, 0 } };
        var space = new Space(seed, (a, b) => access[a] + access[b] + places[a % 3, b % 3], nodes: 24);
        space.Run(rounds: 400);
        double[] wrong = [.. space.Wrong().Order()];
        Assert.InRange(wrong[wrong.Length / 2], 0, 0.05);
        Assert.InRange(wrong[wrong.Length * 9 / 10], 0, 0.15);
    }

    [Fact]
    public void Observe_QueueOnThePath_IsNotTakenForDistance()
    {
        var node = new NetworkCoordinate(new Random(1));
        for (int i = 0; i < 200; i++)
        {
            node.Observe(Peer, WireCoordinate.Origin, Ms(10));
        }
        WireCoordinate before = node.Value;
        for (int i = 0; i < 3; i++)
        {
            node.Observe(Peer, WireCoordinate.Origin, Ms(400));
        }
        Assert.InRange(node.Value.DistanceTo(before), 0, 0.1);
        // Four in a row are the new distance.
        node.Observe(Peer, WireCoordinate.Origin, Ms(400));
        Assert.InRange(node.Value.DistanceTo(before), 1, 400);
    }

    [Fact]
    public void Observe_OneSampleOfALiar_MovesByABoundedStep()
    {
        foreach (float far in (ReadOnlySpan<float>)[-60_000, -500, 500, 60_000])
        {
            var node = new NetworkCoordinate(new Random(1));
            WireCoordinate liar = At(far, error: 0);
            for (int i = 0; i < 100; i++)
            {
                WireCoordinate before = node.Value;
                node.Observe(Peer, liar, Ms(20));
                double moved = node.Value.DistanceTo(before) + Math.Abs(node.Value.Height - before.Height);
                Assert.InRange(moved, 0, (NetworkCoordinate.StepShare * (20 + NetworkCoordinate.StepAllowance)) + 1);
            }
        }
    }

    [Fact]
    public void Observe_OneLiarAmongSixteen_ForEver_LeavesThePredictionsOfTheHonest()
    {
        var space = new Space(seed: 4, (a, b) => 10 + (5 * Math.Abs(a - b)), nodes: 16) { Liar = At(60_000, error: 0) };
        space.Run(rounds: 2_000);
        double[] wrong = [.. space.Wrong().Order()];
        Assert.InRange(wrong[wrong.Length / 2], 0, 0.2);
        Assert.All(space.Nodes.Skip(1), node => Assert.InRange(node.Value.DistanceTo(WireCoordinate.Origin), 0, 500));
    }

    [Fact]
    public void Observe_SpaceThatDrifted_ComesBackToTheMiddle()
    {
        var space = new Space(seed: 5, (_, _) => 20, nodes: 2);
        for (int i = 0; i < 400; i++)
        {
            Array.ForEach(space.Nodes, node => node.Observe(Peer, At(2_000, error: 0), Ms(1)));
        }
        Assert.All(space.Nodes, node => Assert.InRange(node.Value.DistanceTo(WireCoordinate.Origin), 300, 2_000));
        space.Run(rounds: 5_000);
        Assert.All(space.Nodes, node => Assert.InRange(node.Value.DistanceTo(WireCoordinate.Origin), 0, 100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void Observe_RoundTripThatSaysNothing_ChangesNothing(int milliseconds)
    {
        var node = new NetworkCoordinate(new Random(1));
        Assert.False(node.Observe(Peer, At(10, error: 0), Ms(milliseconds)));
        Assert.Equal(WireCoordinate.Origin, node.Value);
    }

    [Fact]
    public void Observe_SameInputs_GiveTheSameValue()
    {
        Space[] spaces = [.. Enumerable.Range(0, 2).Select(_ => new Space(seed: 9, (a, b) => 5 + (a * b), nodes: 6))];
        Array.ForEach(spaces, space => space.Run(rounds: 50));
        Assert.Equal(spaces[0].Nodes.Select(n => n.Value), spaces[1].Nodes.Select(n => n.Value));
    }

    [Fact]
    public void HasMoved_ByMoreThanATenth_AndNotByNoise()
    {
        Assert.False(NetworkCoordinate.HasMoved(At(100, 0), At(109, 0)));
        Assert.True(NetworkCoordinate.HasMoved(At(100, 0), At(112, 0)));
        Assert.False(NetworkCoordinate.HasMoved(At(0.1f, 0), At(1, 0)));
        Assert.False(NetworkCoordinate.HasMoved(At(100, error: 0), At(100, error: 1)));
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static WireCoordinate At(float x, float error)
    {
        Assert.True(WireCoordinate.TryCreate([x, 0, 0, 0, 0, 0, 0, 0, 1, error], out WireCoordinate value));
        return value;
    }

    /// <summary>Nodes that probe each other in turn; node 0 may lie about where it stands.</summary>
    private sealed class Space
    {
        private readonly Func<int, int, double> _roundTrip;
        private readonly Random _random;

        public Space(int seed, Func<int, int, double> roundTrip, int nodes)
        {
            _roundTrip = roundTrip;
            _random = new Random(seed);
            Nodes = [.. Enumerable.Range(0, nodes).Select(i => new NetworkCoordinate(new Random((1000 * seed) + i)))];
        }

        public NetworkCoordinate[] Nodes { get; }

        public WireCoordinate? Liar { get; init; }

        public void Run(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < Nodes.Length; i++)
                {
                    int peer = (i + 1 + _random.Next(Nodes.Length - 1)) % Nodes.Length;
                    WireCoordinate at = peer == 0 && Liar is { } lie ? lie : Nodes[peer].Value;
                    Nodes[i].Observe(TestIds.Of(peer), at, Ms(_roundTrip(i, peer)));
                }
            }
        }

        public double Predicted(int a, int b) => Nodes[a].Value.RoundTripTo(Nodes[b].Value).TotalMilliseconds;

        /// <summary>The share by which each pair's prediction is wrong; a liar's are left out.</summary>
        public IEnumerable<double> Wrong() =>
            from a in Enumerable.Range(Liar is null ? 0 : 1, Nodes.Length)
            from b in Enumerable.Range(0, Nodes.Length)
            where a < Nodes.Length && b < a && (b > 0 || Liar is null)
            select Math.Abs(Predicted(a, b) - _roundTrip(a, b)) / _roundTrip(a, b);
    }
}
