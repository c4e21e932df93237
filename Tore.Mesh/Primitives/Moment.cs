namespace Tore.Mesh.Primitives;

/// <summary>One reading of both clocks of a machine, handed to the cores, which read none themselves.</summary>
/// <param name="Elapsed">A clock that only moves forward, from an arbitrary start; all waiting and all deadlines use it.</param>
/// <param name="UnixMicroseconds">Microseconds since 1970 UTC as the machine believes; may jump, and is never waited on.</param>
public readonly record struct Moment(TimeSpan Elapsed, long UnixMicroseconds);
