using Tore.Mesh.Checkers;

namespace Tore.Mesh.Scenarios;

/// <summary>What came of one schedule.</summary>
/// <param name="Hash">The trace's hash.</param>
/// <param name="Events">Events of the run.</param>
/// <param name="Time">Simulated time.</param>
/// <param name="Seen">What happened in the tables.</param>
/// <param name="Violations">What the checkers found.</param>
internal sealed record SwarmOutcome(ulong Hash, long Events, TimeSpan Time, TransitionCount Seen, IReadOnlyList<Violation> Violations);
