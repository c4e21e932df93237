using System.Globalization;
using Tore.Mesh.Checkers;
using Tore.Mesh.Harness.Mesh;

namespace Tore.Mesh.Scenarios;

/// <summary>
/// What a mesh that has become well must be able to do: news of one node is everywhere in seconds, not only once tables are compared;
/// then everybody falls silent; and the mesh's time is an honest one.
/// </summary>
internal sealed class Examination(MeshTown town, Findings findings)
{
    private static readonly TimeSpan NewsLimit = TimeSpan.FromSeconds(5);

    /// <summary>News still goes round for a while, and what gossip missed is found at the next comparison.</summary>
    private static readonly TimeSpan Calming = TimeSpan.FromSeconds(70);

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(35);

    /// <summary>Examines it.</summary>
    /// <param name="isLiedTo">Whether somebody lies: then there is never silence.</param>
    public void Hold(bool isLiedTo)
    {
        new ClockChecker(town.Simulation, findings).Check();
        if (isLiedTo || findings.Count > 0)
        {
            return;
        }
        News();
        town.RunFor(Calming);
        var quiet = new QuietChecker(town.Simulation, findings);
        quiet.Begin();
        town.RunFor(Silence);
        quiet.Check();
    }

    private void News()
    {
        MeshProcess[] running = [.. town.Running];
        MeshProcess one = running[town.Random.Next(running.Length)];
        one.ChangeAddresses();
        ulong told = one.Membership.OwnRecord.Incarnation;
        int deaf = 0;
        // Gossip is a matter of chance: it may miss one.
        town.RunUntil(NewsLimit, () => (deaf = running.Count(p => p != one && !Knows(p))) <= 1);
        if (deaf > 1)
        {
            findings.Add("news", town.Simulation.Now, one.Context.Machine.Index, string.Create(CultureInfo.InvariantCulture,
                $"{deaf} of {running.Length - 1} others had not heard of its incarnation {told} after {NewsLimit.TotalSeconds} s"));
        }

        bool Knows(MeshProcess process) =>
            process.Membership.Table.TryGet(one.Core.Self, out Membership.Swim.Member? member) && member.Incarnation >= told;
    }
}
