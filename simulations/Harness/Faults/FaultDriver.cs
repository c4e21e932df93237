using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Harness.Faults;

/// <summary>Makes a schedule's faults happen, and puts them right.</summary>
internal sealed class FaultDriver : IEventTarget
{
    private const int Begins = 0;
    private const int Ends = 1;
    private const int Gone = 2;
    private const int BacksUp = 3;

    /// <summary>When the first backup is made, of which the first old disk comes.</summary>
    private static readonly TimeSpan FirstBackup = TimeSpan.FromSeconds(2);

    /// <summary>How long a leaving process says goodbye before it ends.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private readonly Simulation _simulation;
    private readonly IReadOnlyList<Fault> _faults;
    private readonly Dictionary<int, PathRule[]> _rules = [];

    /// <summary>Puts the faults into the run's queue.</summary>
    public FaultDriver(Simulation simulation, IReadOnlyList<Fault> faults)
    {
        (_simulation, _faults) = (simulation, faults);
        for (int i = 0; i < faults.Count; i++)
        {
            simulation.Queue.Add(faults[i].At, this, Begins, i);
            if (faults[i].Kind == FaultKind.OldBackup)
            {
                simulation.Queue.Add(simulation.Now + FirstBackup, this, BacksUp, i);
            }
        }
    }

    /// <inheritdoc/>
    public void OnEvent(int kind, long argument)
    {
        Fault fault = _faults[(int)argument];
        switch (kind)
        {
            case Begins:
                _simulation.Queue.Add(_simulation.Now + fault.Lasts, this, Ends, argument);
                Begin(fault, (int)argument);
                break;
            case BacksUp:
                BackUp();
                break;
            case Gone:
                Each(fault, static machine => machine.Kill());
                break;
            default:
                End(fault, (int)argument);
                break;
        }
    }

    private void Begin(Fault fault, int number)
    {
        switch (fault.Kind)
        {
            case FaultKind.Pause:
                Each(fault, static machine => machine.Pause());
                break;
            case FaultKind.Slow:
                Each(fault, machine => machine.SlowDown(TimeSpan.FromMilliseconds(fault.Amount)));
                break;
            case FaultKind.Kill:
                Each(fault, static machine => machine.Kill());
                break;
            case FaultKind.PowerOff or FaultKind.Amnesia or FaultKind.OldBackup:
                Each(fault, static machine => machine.PowerOff());
                break;
            case FaultKind.TornWrite:
                Each(fault, static machine => Restart(machine, machine.Disk.TearNextWrite));
                break;
            case FaultKind.Leave:
                Each(fault, static machine => machine.Leave());
                // Before it is started anew, however short the fault.
                TimeSpan half = fault.Lasts / 2;
                _simulation.Queue.Add(_simulation.Now + (half < Goodbye ? half : Goodbye), this, Gone, number);
                break;
            case FaultKind.Drift:
                Each(fault, machine => machine.SetDrift(fault.Amount * 1e-6));
                break;
            case FaultKind.Jump:
                Each(fault, machine => machine.Clock.Jump(TimeSpan.FromSeconds(fault.Amount)));
                break;
            default:
                BeginOnPaths(fault, number);
                break;
        }
    }

    private void End(Fault fault, int number)
    {
        switch (fault.Kind)
        {
            case FaultKind.Pause:
                Each(fault, static machine => machine.Resume());
                break;
            case FaultKind.Slow:
                Each(fault, static machine => machine.SlowDown(TimeSpan.Zero));
                break;
            case FaultKind.Amnesia:
                Each(fault, static machine => Restart(machine, machine.Disk.Wipe));
                break;
            case FaultKind.OldBackup:
                Each(fault, static machine => Restart(machine, machine.Disk.Restore));
                BackUp();
                break;
            case FaultKind.Kill or FaultKind.PowerOff or FaultKind.TornWrite or FaultKind.Leave:
                Each(fault, static machine => machine.Start());
                break;
            case FaultKind.Drift:
                Each(fault, static machine => machine.SetDrift(0));
                break;
            case FaultKind.Jump:
                Each(fault, machine => machine.Clock.Jump(TimeSpan.FromSeconds(-fault.Amount)));
                break;
            default:
                foreach (PathRule rule in _rules.Remove(number, out PathRule[]? rules) ? rules : [])
                {
                    _simulation.Network.Remove(rule);
                }
                break;
        }
    }

    private void BackUp()
    {
        foreach (Machine machine in _simulation.Machines)
        {
            machine.Disk.BackUp();
        }
    }

    /// <summary>A disk is changed only while nothing runs on it; another fault may have started the machine meanwhile.</summary>
    private static void Restart(Machine machine, Action change)
    {
        machine.PowerOff();
        change();
        machine.Start();
    }

    private void BeginOnPaths(Fault fault, int number)
    {
        bool[] some = new bool[_simulation.Machines.Count];
        foreach (int machine in fault.Machines)
        {
            some[machine] = true;
        }
        bool cuts = fault.Kind is FaultKind.Partition or FaultKind.OneWayPartition;
        // A cut goes between the machines and the others; everything else meets their ways to anybody.
        bool[] others = cuts ? [.. some.Select(isOne => !isOne)] : [.. some.Select(_ => true)];
        PathRule[] rules = fault.Kind == FaultKind.OneWayPartition
            ? [Rule(fault, some, others)]
            : [Rule(fault, some, others), Rule(fault, others, some)];
        _rules[number] = rules;
        foreach (PathRule rule in rules)
        {
            _simulation.Network.Add(rule);
        }
    }

    private static PathRule Rule(Fault fault, bool[] from, bool[] to) => fault.Kind switch
    {
        FaultKind.Loss => new PathRule(from, to) { Loss = fault.Amount },
        FaultKind.Delay => new PathRule(from, to) { Delay = TimeSpan.FromMilliseconds(fault.Amount) },
        FaultKind.Clog => new PathRule(from, to) { BytesPerSecond = fault.Amount },
        _ => new PathRule(from, to) { Cuts = true },
    };

    private void Each(Fault fault, Action<Machine> act)
    {
        foreach (int machine in fault.Machines)
        {
            act(_simulation.Machines[machine]);
        }
    }
}
