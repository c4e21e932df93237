namespace Tore.Mesh.Harness.Faults;

/// <summary>What can go wrong. Each lasts a while and is then put right.</summary>
internal enum FaultKind
{
    /// <summary>Segments to and from the machines are lost; amount: the share.</summary>
    Loss,

    /// <summary>They take longer; amount: milliseconds.</summary>
    Delay,

    /// <summary>Nothing passes between the machines and the others.</summary>
    Partition,

    /// <summary>Nothing passes from the machines to the others; the way back is open.</summary>
    OneWayPartition,

    /// <summary>The machines' lines carry little; amount: bytes a second.</summary>
    Clog,

    /// <summary>The processes stand still.</summary>
    Pause,

    /// <summary>The processes take long for everything; amount: milliseconds each time.</summary>
    Slow,

    /// <summary>The processes are killed, and started anew at the end.</summary>
    Kill,

    /// <summary>The machines lose power, and come back at the end.</summary>
    PowerOff,

    /// <summary>The machines lose power and their disk.</summary>
    Amnesia,

    /// <summary>The machines lose power and come back with an old disk: that of the last time when this befell anybody.</summary>
    OldBackup,

    /// <summary>The machines restart, and lose power during the write that this takes.</summary>
    TornWrite,

    /// <summary>The processes say goodbye, end, and are started anew at the end.</summary>
    Leave,

    /// <summary>The clocks run wrong; amount: parts in a million.</summary>
    Drift,

    /// <summary>The wall clocks are set wrong; amount: seconds.</summary>
    Jump,
}
