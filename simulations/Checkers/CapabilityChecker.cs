using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Checkers;

/// <summary>
/// What nodes know of each other's capabilities. At any time: nothing is kept of who is no member, what is kept of a member never goes
/// back, and nobody holds what its author did not sign. Once all is well: everybody holds the last record of everybody.
/// </summary>
internal sealed class CapabilityChecker : IEventTarget
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Simulation _simulation;
    private readonly Findings _findings;
    private readonly Dictionary<CapabilityEntry, CapabilityRecord> _held = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<CapabilityRecord> _genuine = new(ReferenceEqualityComparer.Instance);

    /// <summary>Watches a run from now on.</summary>
    public CapabilityChecker(Simulation simulation, Findings findings)
    {
        (_simulation, _findings) = (simulation, findings);
        simulation.Queue.Add(simulation.Now + Interval, this, 0);
    }

    /// <summary>Whether everybody knows what everybody can do.</summary>
    public bool Holds => FirstFault() is null;

    /// <summary>Finds fault if it is not so now.</summary>
    public void Check()
    {
        if (FirstFault() is var (machine, text))
        {
            Report(machine, text);
        }
    }

    /// <inheritdoc/>
    public void OnEvent(int kind, long argument)
    {
        foreach (MeshProcess process in Running())
        {
            Look(process);
        }
        _simulation.Queue.Add(_simulation.Now + Interval, this, 0);
    }

    private void Look(MeshProcess process)
    {
        CapabilityIndex index = process.Core.Capabilities;
        foreach (Machine other in _simulation.Machines)
        {
            if (index.Find(other.Id) is not { } entry)
            {
                continue;
            }
            bool isMember = other == process.Context.Machine
                || (process.Membership.Table.TryGet(other.Id, out Member? member) && member.IsLiving);
            if (!isMember)
            {
                Report(process, $"keeps what machine {other.Index} can do, which is no member here");
            }
            if (entry.Record is { } record)
            {
                Look(process, other, entry, record);
            }
        }
    }

    private void Look(MeshProcess process, Machine other, CapabilityEntry entry, CapabilityRecord record)
    {
        if (_held.TryGetValue(entry, out CapabilityRecord? before) && record.Stamp < before.Stamp)
        {
            Report(process, $"went back from {before.Stamp} of machine {other.Index} to {record.Stamp}");
        }
        _held[entry] = record;
        if (_genuine.Add(record)
            && !new RecordSeal("tore capability", other.Mesh, _simulation.Keys).IsGood(other.Key.PublicKey, record.Signed))
        {
            Report(process, $"holds {record.Stamp} of machine {other.Index}, which did not sign it");
        }
    }

    private (int Machine, string Text)? FirstFault()
    {
        foreach (MeshProcess process in Running())
        {
            foreach (MeshProcess other in Running())
            {
                CapabilityRecord? last = other.Core.Capabilities.Find(other.Core.Self)?.Record;
                CapabilityRecord? held = process.Core.Capabilities.Find(other.Core.Self)?.Record;
                // The author's own replica may hold an earlier life's record, which it must rise above.
                if (last is null || last.Info.Version != other.Own.Version || held?.Hash != last.Hash)
                {
                    return (process.Context.Machine.Index, string.Create(CultureInfo.InvariantCulture,
                        $"machine {other.Context.Machine.Index} can do {other.Own.Version}, its last record {last?.Stamp} says "
                        + $"{last?.Info.Version}; here it is {held?.Stamp} with {held?.Info.Version}"));
                }
            }
        }
        return null;
    }

    private IEnumerable<MeshProcess> Running() =>
        _simulation.Machines.Select(m => m.Process).OfType<MeshProcess>().Where(p => p.IsHonest);

    private void Report(MeshProcess process, FormattableString text) =>
        Report(process.Context.Machine.Index, text.ToString(CultureInfo.InvariantCulture));

    private void Report(int machine, string text) => _findings.Add("capabilities", _simulation.Now, machine, text);
}
