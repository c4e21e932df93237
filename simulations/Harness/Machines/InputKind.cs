namespace Tore.Mesh.Harness.Machines;

/// <summary>What can reach a process.</summary>
internal enum InputKind : byte
{
    /// <summary>It begins to run.</summary>
    Start = 1,

    /// <summary>A piece of a connection's stream.</summary>
    Segment,

    /// <summary>A connection broke.</summary>
    LinkLost,

    /// <summary>A dial came to nothing.</summary>
    DialFailed,

    /// <summary>Its timer is due.</summary>
    Timer,

    /// <summary>Somebody asks it to leave.</summary>
    Leave,
}
