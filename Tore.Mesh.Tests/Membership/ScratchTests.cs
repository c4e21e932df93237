using System.Diagnostics;
using System.Globalization;
using Tore.Mesh.Membership;

namespace Tore.Mesh.Tests.Membership;

#pragma warning disable
public sealed class ScratchTests
{
    private static void Log(string s) => File.AppendAllText("/tmp/swim-scratch.txt", s + "\n");

    private static string P(List<double> v) { v.Sort(); return string.Create(CultureInfo.InvariantCulture, $"n={v.Count} p50={v[v.Count/2]:0.00} p99={v[(int)(v.Count*0.99)]:0.00} max={v[^1]:0.00}"); }

    private static int Runs(string name, int d) => int.Parse(Environment.GetEnvironmentVariable(name) ?? d.ToString());

    [Fact]
    public void PowerOff16()
    {
        var off = new List<double>(); var kill = new List<double>();
        for (int s = 0; s < Runs("R16", 60); s++)
        {
            var t = MemberTown.Of(16, s); t.Run(t.Random.NextDouble()); t[5].PowerOff();
            off.Add(t.RunUntil(t.IsSettled, 60) ?? 99);
            t = MemberTown.Of(16, s); t.Run(t.Random.NextDouble()); t[5].Kill();
            kill.Add(t.RunUntil(t.IsSettled, 60) ?? 99);
        }
        Log("off16 " + P(off)); Log("kill16 " + P(kill));
    }

    [Fact]
    public void PowerOff100()
    {
        var off = new List<double>(); var kill = new List<double>(); var join = new List<double>();
        for (int s = 0; s < Runs("R100", 8); s++)
        {
            var t = MemberTown.Of(100, s); t.Run(t.Random.NextDouble()); t[5].PowerOff();
            off.Add(t.RunUntil(t.IsSettled, 60) ?? 99);
            var k = t[6]; k.Kill();
            kill.Add(t.RunUntil(t.IsSettled, 60) ?? 99);
            t.Run(5);
            var j = t.Start(200); t.Dial(j, t[10], false);
            join.Add(t.RunUntil(() => t.Up.All(h => h == j || h.StateOf(j) == MemberState.Alive), 60) ?? 99);
        }
        Log("off100 " + P(off)); Log("kill100 " + P(kill)); Log("join100 " + P(join));
    }

    [Fact]
    public void Heal()
    {
        foreach ((int n, int runs) in new[] { (16, Runs("H16", 30)), (100, Runs("H100", 5)) })
        {
            var split = new List<double>(); var heal = new List<double>();
            for (int s = 0; s < runs; s++)
            {
                var t = MemberTown.Of(n, s);
                for (int i = 0; i < n / 2; i++) t[i].Side = 1;
                split.Add(t.RunUntil(() => t.Up.All(h => h.Core.Table.Living == n / 2), 120) ?? 999);
                t.Run(20);
                foreach (var h in t.Houses) h.Side = 0;
                heal.Add(t.RunUntil(() => t.AreEqual() && t.Houses[0].Core.Table.Living == n, 60) ?? 99);
            }
            Log($"split{n} " + P(split)); Log($"heal{n} " + P(heal));
        }
    }

    [Fact]
    public void Split()
    {
        int n = 100; var t = MemberTown.Of(n, 1);
        for (int i = 0; i < n / 2; i++) t[i].Side = 1;
        for (int k = 0; k < 25; k++) { t.Run(4); var h = t[0]; Log($"{k*4+4}: living {t.Houses.Average(x => x.Core.Table.Living):0.0} sus {h.Core.Table.LivingMembers.Count(m => m.State == MemberState.Suspect)} lh {t.Houses.Average(x => x.Core.LocalHealth):0.0} probes {t.Houses.Sum(x => x.Core.Counts.Probes)} failed {t.Houses.Sum(x => x.Core.Counts.ProbesFailed)} linked {h.Core.Table.LinkedMembers.Count}, ref {t.Houses.Sum(x => x.Core.Counts.Refutations)} stalls {t.Houses.Sum(x => x.Core.Counts.Stalls)} susp {t.Houses.Sum(x => x.Core.Counts.Suspicions)}"); }
    }

    [Fact]
    public void Loss()
    {
        var w = Stopwatch.StartNew();
        var t = new MemberTown(1) { Loss = 0.1 };
        for (int i = 0; i < 100; i++) { var h = t.Start(i + 1); if (i > 0) t.Dial(h, t[0], false); t.Run(0.01); }
        t.Run(60);
        double hours = double.Parse(Environment.GetEnvironmentVariable("LH") ?? "0.25", CultureInfo.InvariantCulture);
        long sus0 = t.Houses.Sum(h => h.Core.Counts.Suspicions);
        t.Run(3600 * hours);
        Log($"loss {hours} h: deaths {t.Houses.Sum(h => h.Core.Counts.Deaths)} suspicions {t.Houses.Sum(h => h.Core.Counts.Suspicions) - sus0} own-answered {t.Houses.Sum(h => h.Core.Counts.SuspicionsAnswered)} refutations {t.Houses.Sum(h => h.Core.Counts.Refutations)} failed {t.Houses.Sum(h => h.Core.Counts.ProbesFailed)} probes {t.Houses.Sum(h => h.Core.Counts.Probes)} stalls {t.Houses.Sum(h => h.Core.Counts.Stalls)} lh {t.Houses.Average(h => h.Core.LocalHealth)} wall {w.Elapsed.TotalSeconds:0.0}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Stalls(bool full)
    {
        var o = full ? MembershipOptions.Lan : MembershipOptions.Lan with { LocalHealth = false, DynamicSuspicion = false, BuddyRefutation = false, OwnProbe = false };
        var t = MemberTown.Of(40, 3, o);
        var sick = t.Houses.Take(10).ToHashSet();
        var r = new Random(5);
        foreach (var h in sick) { void Next() { t.Later(t.Now + TimeSpan.FromSeconds(5 + 25 * r.NextDouble()), () => { h.Pause(); t.Later(t.Now + TimeSpan.FromSeconds(5 + 25 * r.NextDouble()), () => { h.Resume(); Next(); }); }); } Next(); }
        t.Run(3600);
        int false_ = 0, all = 0;
        foreach (var h in t.Houses) foreach (var e in h.History) if (e.State == MemberState.Dead) { all++; if (!sick.Contains(t.Of(e.Member))) false_++; }
        Log($"stalls full={full} false deaths {false_} of {all}");
    }
}
