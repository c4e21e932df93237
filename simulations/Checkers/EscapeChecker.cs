using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;

namespace Tore.Mesh.Checkers;

/// <summary>No exception comes out of a core, whatever comes in, but the two that end a link.</summary>
internal sealed class EscapeChecker : IRunObserver
{
    private readonly Simulation _simulation;
    private readonly Findings _findings;

    /// <summary>Watches a run.</summary>
    public EscapeChecker(Simulation simulation, Findings findings)
    {
        (_simulation, _findings) = (simulation, findings);
        simulation.Watch(this);
    }

    /// <inheritdoc/>
    public void OnEscaped(Machine machine, Exception defect) =>
        _findings.Add("escaped", _simulation.Now, machine.Index, $"{defect.GetType().Name}: {defect.Message}\n{defect.StackTrace}");
}
