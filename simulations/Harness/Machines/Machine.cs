using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Harness.Machines;

/// <summary>A machine: clocks, a disk, a line, and at most one process, which faults stop, slow down, kill and start anew.</summary>
internal sealed class Machine : IEventTarget
{
    private const int TimerDue = 0;
    private const int Works = 1;

    private readonly SeededRandom _random;
    private readonly Dictionary<long, ConnectionEnd> _ends = [];
    private readonly InputQueue _inputs = new();
    private TimeSpan? _timerAt;
    private long _timerNumber;
    private bool _isTimerWaiting;
    private bool _isWorking;
    private int _starts;

    /// <summary>Makes a machine that is off.</summary>
    public Machine(Simulation simulation, int index, SimulatedKey key, Func<ProcessContext, IProcess> program)
    {
        Simulation = simulation;
        Index = index;
        Key = key;
        Program = program;
        Address = new PeerAddress($"10.{index >> 16}.{(index >> 8) & 255}.{index & 255}", 7601);
        _random = simulation.Stream("machine", (ulong)index);
        Disk = new MachineDisk(simulation.Stream("disk", (ulong)index)) { PowerLost = PowerOff };
    }

    /// <summary>The run that it is part of.</summary>
    public Simulation Simulation { get; }

    /// <summary>Its number, from 0.</summary>
    public int Index { get; }

    /// <summary>Its key, kept apart from the disk: a node that lost its key is another node.</summary>
    public SimulatedKey Key { get; set; }

    /// <summary>Who it is.</summary>
    public NodeId Id => Key.Id;

    /// <summary>The mesh that its process wants to be in.</summary>
    public MeshId Mesh { get; set; } = new(0x746f7265);

    /// <summary>Where it listens.</summary>
    public PeerAddress Address { get; }

    /// <summary>What it runs when it starts.</summary>
    public Func<ProcessContext, IProcess> Program { get; set; }

    /// <summary>Its clocks.</summary>
    public MachineClock Clock { get; } = new();

    /// <summary>Its files.</summary>
    public MachineDisk Disk { get; }

    /// <summary>What its line carried.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>Whether it has power.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Whether its process stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>How long its process takes for each thing it does.</summary>
    public TimeSpan WorkTime { get; private set; }

    /// <summary>What runs; null when nothing does.</summary>
    public IProcess? Process { get; private set; }

    /// <summary>What that sees; null when nothing runs.</summary>
    public ProcessContext? Context { get; private set; }

    /// <summary>When the process last started, stopped, paused, resumed, slowed down or recovered.</summary>
    public TimeSpan DisturbedAt { get; private set; }

    /// <summary>Whether its process runs as it should.</summary>
    public bool IsWell => Process is not null && !IsPaused && WorkTime == TimeSpan.Zero;

    /// <summary>Inputs that wait.</summary>
    public int Waiting => _inputs.Count;

    /// <summary>Connections that its system knows.</summary>
    public int Ends => _ends.Count;

    /// <summary>Starts the process, and the machine if it is off.</summary>
    public void Start()
    {
        if (Process is not null)
        {
            return;
        }
        if (!IsOn)
        {
            IsOn = true;
            Clock.Boot(Simulation.Now, TimeSpan.FromTicks(_random.NextInt64(TimeSpan.FromDays(30).Ticks)));
        }
        Note(1);
        Context = new ProcessContext(this, Simulation.Stream("process", ((ulong)Index << 32) | (uint)++_starts));
        Process = Program(Context);
        foreach (IRunObserver observer in Simulation.Observers)
        {
            observer.OnStarted(this);
        }
        Handle(new Input(InputKind.Start, null, default));
    }

    /// <summary>Kills the process; its system ends its connections.</summary>
    public void Kill()
    {
        if (Process is not null)
        {
            Note(2);
            Stop();
            foreach (ConnectionEnd end in SortedEnds())
            {
                end.Orphan();
            }
        }
    }

    /// <summary>Takes the power away: nobody is told.</summary>
    public void PowerOff()
    {
        Note(3);
        if (Process is not null)
        {
            Stop();
        }
        IsOn = false;
        foreach (ConnectionEnd end in SortedEnds())
        {
            end.Vanish();
        }
    }

    /// <summary>Asks the process to leave.</summary>
    public void Leave()
    {
        Note(4);
        Take(new Input(InputKind.Leave, null, default));
    }

    /// <summary>Stops the process where it stands (SIGSTOP, a swap storm, a closed lid); its system goes on.</summary>
    public void Pause()
    {
        Note(5);
        IsPaused = Process is not null;
    }

    /// <summary>Lets it go on: it meets what waited, in an order that nobody can rely on.</summary>
    public void Resume()
    {
        Note(6);
        IsPaused = false;
        if (_isTimerWaiting && Process is not null)
        {
            _isTimerWaiting = false;
            _inputs.Add(new Input(InputKind.Timer, null, default));
        }
        _inputs.Shuffle(_random);
        WorkOn();
    }

    /// <summary>Everything that the process does takes so long from now; zero is as usual.</summary>
    public void SlowDown(TimeSpan workTime)
    {
        Note(7);
        WorkTime = workTime;
        if (!_isWorking && !IsPaused)
        {
            WorkOn();
        }
    }

    /// <summary>The monotonic and the wall clock run at another rate.</summary>
    public void SetDrift(double drift)
    {
        Clock.SetDrift(Simulation.Now, drift);
        _timerAt = null;
        ArmTimer();
    }

    /// <summary>Takes an incoming connection; false when nothing listens.</summary>
    public bool TryAccept(ConnectionEnd end)
    {
        if (Context is not { } process)
        {
            return false;
        }
        end.Accept(process);
        return true;
    }

    /// <summary>Remembers a connection.</summary>
    public void Keep(ConnectionEnd end) => _ends[end.Connection.Number] = end;

    /// <summary>Forgets one.</summary>
    public void Release(ConnectionEnd end) => _ends.Remove(end.Connection.Number);

    /// <summary>Something reaches the process: now, or when it gets round to it.</summary>
    public void Take(in Input input)
    {
        if (Process is null || (input.End is { } end && end.Process != Context))
        {
            Free(input);
            return;
        }
        if (!IsPaused && WorkTime == TimeSpan.Zero && _inputs.Count == 0)
        {
            Handle(input);
            return;
        }
        _inputs.Add(input);
        if (!_isWorking && !IsPaused)
        {
            WorkOn();
        }
    }

    /// <inheritdoc/>
    public void OnEvent(int kind, long argument)
    {
        if (kind == Works)
        {
            _isWorking = false;
            if (_inputs.Count > 0 && !IsPaused)
            {
                Handle(_inputs.Take());
                WorkOn();
            }
        }
        else if (argument == _timerNumber && Process is not null)
        {
            _timerAt = null;
            OnTimerDue();
        }
    }

    private void OnTimerDue()
    {
        if (IsPaused)
        {
            _isTimerWaiting = true;
        }
        else if (Process!.NextDeadline <= Clock.At(Simulation.Now).Elapsed)
        {
            Take(new Input(InputKind.Timer, null, default));
        }
        else
        {
            ArmTimer();
        }
    }

    /// <summary>Works off what waits: all at once, or, where the process is slow, one thing after its time.</summary>
    private void WorkOn()
    {
        while (_inputs.Count > 0 && !IsPaused && !_isWorking)
        {
            if (WorkTime > TimeSpan.Zero)
            {
                _isWorking = true;
                Simulation.Queue.Add(Simulation.Now + WorkTime, this, Works);
                return;
            }
            Handle(_inputs.Take());
        }
    }

    /// <summary>One turn of the process, with what follows from it: its timer, its end by a defect, the checkers' look.</summary>
    private void Handle(in Input input)
    {
        ProcessContext context = Context!;
        Trace(input);
        try
        {
            Hand(input);
        }
        catch (Exception defect)
        {
            foreach (IRunObserver observer in Simulation.Observers)
            {
                observer.OnEscaped(this, defect);
            }
            Kill();
        }
        finally
        {
            Free(input);
        }
        if (context.IsAlive)
        {
            ArmTimer();
            if (Process!.TakeChanged())
            {
                foreach (IRunObserver observer in Simulation.Observers)
                {
                    observer.OnChanged(this);
                }
            }
        }
    }

    private void Hand(in Input input)
    {
        switch (input.Kind)
        {
            case InputKind.Start:
                Process!.Start(Context!.Now);
                break;
            case InputKind.Segment:
                input.End!.Read(input.Segment);
                break;
            case InputKind.LinkLost:
                Context!.OnLinkClosed(input.End!, input.Code);
                break;
            case InputKind.DialFailed when input.Code == ErrorCodes.PeerIsSelf:
                Process!.OnDialledSelf(input.End!.Connection.Address, Context!.Now);
                break;
            case InputKind.DialFailed:
                Process!.OnDialFailed(input.End!.Connection.Address, input.Code!, input.Text!, Context!.Now);
                break;
            case InputKind.Timer:
                Process!.OnTimer(Context!.Now);
                break;
            default:
                Process!.Leave(Context!.Now);
                break;
        }
    }

    private void ArmTimer()
    {
        if (Process?.NextDeadline is not { } deadline || _isTimerWaiting)
        {
            return;
        }
        TimeSpan at = Clock.When(deadline);
        at = at > Simulation.Now ? at : Simulation.Now;
        if (_timerAt is { } armed && armed <= at)
        {
            return;
        }
        _timerAt = at;
        Simulation.Queue.Add(at, this, TimerDue, ++_timerNumber);
    }

    private void Trace(in Input input)
    {
        ulong detail = input.End is { } end ? ((ulong)end.Connection.Number << 16) | (ushort)input.Segment.Type : 0;
        Simulation.Trace.Add(Simulation.Now, Index, (int)input.Kind, detail);
        if (input.Segment.Body is { } body)
        {
            Simulation.Trace.Add(body.AsSpan(0, input.Segment.BodyBytes));
        }
    }

    private void Stop()
    {
        Context!.End();
        (Context, Process) = (null, null);
        (IsPaused, WorkTime, _isWorking, _isTimerWaiting) = (false, TimeSpan.Zero, false, false);
        while (_inputs.Count > 0)
        {
            Free(_inputs.Take());
        }
        _timerAt = null;
        _timerNumber++;
        foreach (IRunObserver observer in Simulation.Observers)
        {
            observer.OnStopped(this);
        }
    }

    private void Note(int what)
    {
        DisturbedAt = Simulation.Now;
        Simulation.Trace.Add(Simulation.Now, Index, 100 + what, 0);
    }

    private ConnectionEnd[] SortedEnds() => [.. _ends.OrderBy(pair => pair.Key).Select(pair => pair.Value)];

    private void Free(in Input input)
    {
        if (input.Segment.Body is { } body)
        {
            Simulation.Network.Buffers.Return(body);
        }
    }
}
