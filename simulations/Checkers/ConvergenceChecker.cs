using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Membership.Swim;

namespace Tore.Mesh.Checkers;

/// <summary>
/// When nothing is wrong any more, all honest tables become equal and true: every honest node that runs is alive under its own newest
/// incarnation in every table, and no machine that runs nothing is. While liars lie, an honest node may be suspect at any moment, and
/// its answer on its way; then it only must not be dead.
/// </summary>
internal sealed class ConvergenceChecker(Simulation simulation, Findings findings, bool isLiedTo)
{
    /// <summary>Whether it is so now.</summary>
    public bool Holds => FirstFault() is null;

    /// <summary>Finds fault if it is not so now.</summary>
    public void Check()
    {
        if (FirstFault() is var (machine, text))
        {
            findings.Add("convergence", simulation.Now, machine, text);
        }
    }

    /// <summary>What is not so.</summary>
    public (int Machine, string Text)? FirstFault()
    {
        foreach (Machine machine in simulation.Machines)
        {
            if (machine.Process is MeshProcess { IsHonest: true } process && FaultOf(process) is { } fault)
            {
                return (machine.Index, fault);
            }
        }
        return null;
    }

    private string? FaultOf(MeshProcess process)
    {
        foreach (Machine other in simulation.Machines)
        {
            if (other == process.Context.Machine)
            {
                continue;
            }
            bool isThere = process.Membership.Table.TryGet(other.Id, out Member? held);
            if (other.Process is MeshProcess { IsHonest: true } running)
            {
                ulong incarnation = running.Membership.OwnRecord.Incarnation;
                if (!isThere || !held!.IsLiving || (!isLiedTo && (held.State != MemberState.Alive || held.Incarnation != incarnation)))
                {
                    string here = isThere ? $"{held!.State} as {held.Incarnation}" : "unknown";
                    return string.Create(CultureInfo.InvariantCulture,
                        $"machine {other.Index} runs as incarnation {incarnation}, here it is {here}");
                }
            }
            else if (other.Process is null && isThere && held!.State is MemberState.Alive or MemberState.Suspect)
            {
                return string.Create(CultureInfo.InvariantCulture, $"machine {other.Index} runs nothing, here it is {held!.State}");
            }
        }
        return null;
    }
}
