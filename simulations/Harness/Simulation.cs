using System.Buffers;
using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Harness;

/// <summary>
/// One run: machines on a network, one thread, one seed, and time that jumps from event to event. Everything random comes from
/// <see cref="Stream"/>, so a seed is a run, in any process.
/// </summary>
internal sealed class Simulation
{
    private readonly List<Machine> _machines = [];
    private readonly List<IRunObserver> _observers = [];

    /// <summary>Makes a run in which nothing happens yet.</summary>
    public Simulation(ulong seed, NetworkOptions? network = null)
    {
        Seed = seed;
        Keys = new SimulatedKeys(Stream("keys"));
        Network = new SimulatedNetwork(this, network ?? NetworkOptions.Lan);
    }

    /// <summary>From what all chance follows.</summary>
    public ulong Seed { get; }

    /// <summary>True time since the start, which no machine knows.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>What is to happen.</summary>
    public EventQueue Queue { get; } = new();

    /// <summary>The ways between machines.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>All keys.</summary>
    public SimulatedKeys Keys { get; }

    /// <summary>What stands for all that happened.</summary>
    public TraceHash Trace { get; } = new();

    /// <summary>The machines, by index.</summary>
    public IReadOnlyList<Machine> Machines => _machines;

    /// <summary>Who watches.</summary>
    public IReadOnlyList<IRunObserver> Observers => _observers;

    /// <summary>Room in which messages are encoded.</summary>
    public ArrayBufferWriter<byte> Scratch { get; } = new();

    /// <summary>A stream of chance of its own.</summary>
    public SeededRandom Stream(string name, ulong part = 0)
    {
        ulong hash = 0;
        foreach (char c in name)
        {
            hash = (hash * 31) + c;
        }
        return new SeededRandom(Seed, hash, part);
    }

    /// <summary>Connects a machine, which is off.</summary>
    public Machine Add(Func<ProcessContext, IProcess> program)
    {
        var machine = new Machine(this, _machines.Count, Keys.Make(), program);
        _machines.Add(machine);
        Network.Add(machine);
        return machine;
    }

    /// <summary>Does something at a time.</summary>
    public void At(TimeSpan at, Action action) => Queue.Add(at, new Deed(action), 0);

    /// <summary>Adds somebody who watches.</summary>
    public void Watch(IRunObserver observer) => _observers.Add(observer);

    /// <summary>Lets everything happen that is due by then.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (Queue.TryTake(end, out TimeSpan at, out EventQueue.Slot happens))
        {
            Now = at;
            happens.Target.OnEvent(happens.Kind, happens.Argument);
        }
        Now = end;
    }

    /// <summary>Lets everything happen until the condition holds, looked at every so often; false when it does not by then.</summary>
    public bool RunUntil(TimeSpan end, TimeSpan step, Func<bool> holds)
    {
        while (Now < end)
        {
            if (holds())
            {
                return true;
            }
            TimeSpan next = Now + step;
            RunUntil(next < end ? next : end);
        }
        return holds();
    }

    private sealed class Deed(Action action) : IEventTarget
    {
        public void OnEvent(int kind, long argument) => action();
    }
}
