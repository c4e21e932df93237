using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Checkers;

/// <summary>
/// Once all is well, the mesh's time on every honest node is among the times that honest machines have, whatever liars tell of theirs.
/// </summary>
internal sealed class ClockChecker(Simulation simulation, Findings findings)
{
    /// <summary>Half a round trip, and the drift since a reading was taken.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1.5);

    /// <summary>Finds fault if it is not so now.</summary>
    public void Check()
    {
        MeshProcess[] running = [.. simulation.Machines.Select(m => m.Process).OfType<MeshProcess>().Where(p => p.IsHonest)];
        long[] clocks = [.. running.Select(p => p.Context.Now.UnixMicroseconds)];
        foreach (MeshProcess process in running)
        {
            Moment now = process.Context.Now;
            long mesh = process.Membership.Clock.UnixMicroseconds(now);
            long slack = Tolerance.Ticks / TimeSpan.TicksPerMicrosecond;
            if (mesh < clocks.Min() - slack || mesh > clocks.Max() + slack)
            {
                findings.Add("mesh clock", simulation.Now, process.Context.Machine.Index, string.Create(CultureInfo.InvariantCulture,
                    $"is {(mesh - now.UnixMicroseconds) / 1e6} s off this machine's clock; the honest clocks are between "
                    + $"{(clocks.Min() - now.UnixMicroseconds) / 1e6} and {(clocks.Max() - now.UnixMicroseconds) / 1e6} s off"));
            }
        }
    }
}
