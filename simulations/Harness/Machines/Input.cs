using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Harness.Machines;

/// <summary>Something that reaches a process: at once, or later where it stands still or is slow.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="End">The connection it is about; null for timers and the like.</param>
/// <param name="Segment">What came over the connection.</param>
/// <param name="Code">Why a dial failed.</param>
/// <param name="Text">The same for people.</param>
internal readonly record struct Input(InputKind Kind, ConnectionEnd? End, Segment Segment, string? Code = null, string? Text = null);
