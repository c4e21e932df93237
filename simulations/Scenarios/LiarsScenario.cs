using Tore.Mesh.Checkers;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Scenarios;

/// <summary>
/// Ten of a hundred nodes lie as well as they can with keys of their own. No two honest nodes may hold each other dead for long, though
/// nothing is wrong between them.
/// </summary>
internal sealed class LiarsScenario : IScenario
{
    private const int Machines = 100;
    private const int Liars = 10;

    /// <summary>So that probes of honest nodes fail now and then, and a lie may fall on good ground.</summary>
    private const double Loss = 0.05;
    private const double MinutesByDefault = 5;
    private static readonly TimeSpan LongestDeath = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Name => "liars";

    /// <inheritdoc/>
    public string Summary => "10 of 100 nodes lie: no two honest ones hold each other dead longer than 10 s.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        TimeSpan time = options.Hours is { } hours ? TimeSpan.FromHours(hours) : TimeSpan.FromMinutes(MinutesByDefault);
        Outcome[] all = Seeds.Run(options, 3, seed => RunSeed(seed, time));
        return new ScenarioResult
        {
            Figures =
            [
                new Figure("longest that an honest node held another dead, s", all.Max(o => o.Longest), LongestDeath.TotalSeconds),
                new Figure("times that an honest node held another dead", all.Sum(o => o.Deaths)),
                new Figure("honest tables equal at the end, share", all.Average(o => o.Equal)),
                new Figure("lies told", all.Sum(o => o.Lies)),
                new Figure("refutations by honest nodes", all.Sum(o => o.Refutations)),
                new Figure("members in the largest honest table", all.Max(o => o.Members), Machines - 1),
                new Figure("exceptions that escaped", all.Sum(o => o.Escaped), 0),
                new Figure("simulated minutes, all seeds", all.Length * time.TotalMinutes),
            ],
        };
    }

    private static Outcome RunSeed(ulong seed, TimeSpan time)
    {
        var liars = new List<LyingTap>();
        var town = new MeshTown(seed, Machines, NetworkOptions.Lan with { Loss = Loss },
            tap: index => index < Machines - Liars ? null : Kept(liars, new LyingTap(seed, index)));
        var deaths = new HeldDead(town);
        var findings = new Findings();
        _ = new TableWatch(town.Simulation, deaths);
        _ = new EscapeChecker(town.Simulation, findings);
        // The tables are hardly ever equal while liars lie: the mesh has ten seconds to form.
        town.Form(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8));
        town.RunFor(time);
        deaths.EndAll();
        MeshProcess[] honest = [.. town.Running];
        ulong[] views = [.. honest.Select(p => HonestDigest(town, p))];
        return new Outcome(
            deaths.Longest.TotalSeconds,
            deaths.Count,
            views.GroupBy(v => v).Max(g => g.Count()) / (double)views.Length,
            liars.Sum(l => l.Lies),
            honest.Sum(p => p.Membership.Counts.Refutations),
            honest.Max(p => p.Membership.Table.Members.Count),
            findings.Count);
    }

    private static LyingTap Kept(List<LyingTap> liars, LyingTap liar)
    {
        liars.Add(liar);
        return liar;
    }

    /// <summary>What a table says of honest nodes, itself among them.</summary>
    private static ulong HonestDigest(MeshTown town, MeshProcess process)
    {
        ulong digest = 0;
        foreach (MeshProcess other in town.Running)
        {
            bool living = other == process || (process.Membership.Table.TryGet(other.Context.Signer.Id, out Member? m) && m.IsLiving);
            digest = Harness.Mixing.Mix(digest, living ? 1UL : 0);
        }
        return digest;
    }

    private sealed record Outcome(double Longest, int Deaths, double Equal, long Lies, long Refutations, int Members, long Escaped);

    /// <summary>How long honest nodes hold honest nodes dead.</summary>
    private sealed class HeldDead(MeshTown town) : ITransitionListener
    {
        private readonly HashSet<NodeId> _honest = [.. town.Machines.Take(Machines - Liars).Select(m => m.Id)];
        private readonly Dictionary<(int, NodeId), TimeSpan> _since = [];

        public TimeSpan Longest { get; private set; }

        public int Count { get; private set; }

        public void OnTransition(in Transition transition)
        {
            if (!_honest.Contains(transition.Node))
            {
                return;
            }
            (int, NodeId) pair = (transition.Observer.Index, transition.Node);
            if (transition.After is { IsLiving: false })
            {
                Count += _since.TryAdd(pair, town.Simulation.Now) ? 1 : 0;
            }
            else
            {
                End(pair);
            }
        }

        public void EndAll()
        {
            foreach ((int, NodeId) pair in _since.Keys.ToArray())
            {
                End(pair);
            }
        }

        private void End((int, NodeId) pair)
        {
            if (_since.Remove(pair, out TimeSpan since))
            {
                TimeSpan held = town.Simulation.Now - since;
                Longest = held > Longest ? held : Longest;
            }
        }
    }
}
