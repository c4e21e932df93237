using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Checkers;

/// <summary>
/// Once all is well and everybody knows everything, nobody has news to tell: gossip ends, and records of capabilities rest. What is sent
/// on for ever eats up any network.
/// </summary>
internal sealed class QuietChecker(Simulation simulation, Findings findings)
{
    private static readonly MessageType[] News =
    [
        MessageType.Gossip, MessageType.TableSummary, MessageType.TableEntries,
        MessageType.CapabilitySummary, MessageType.CapabilityRequest,
    ];

    private readonly Dictionary<int, long[]> _before = [];

    /// <summary>From now on nothing is to be told.</summary>
    public void Begin()
    {
        foreach (Machine machine in Running())
        {
            _before[machine.Index] = [.. News.Select(type => machine.Traffic.Messages[(int)type])];
        }
    }

    /// <summary>Finds fault with whoever told something since.</summary>
    public void Check()
    {
        foreach (Machine machine in Running())
        {
            for (int i = 0; i < News.Length && _before.TryGetValue(machine.Index, out long[]? before); i++)
            {
                long sent = machine.Traffic.Messages[(int)News[i]] - before[i];
                if (sent > 0)
                {
                    findings.Add("quiet", simulation.Now, machine.Index, string.Create(CultureInfo.InvariantCulture,
                        $"sent {sent} {News[i]} though there is nothing to tell"));
                }
            }
        }
    }

    private IEnumerable<Machine> Running() => simulation.Machines.Where(m => m.Process is MeshProcess { IsHonest: true });
}
