using Tore.Mesh.Harness.Machines;

namespace Tore.Mesh.Harness;

/// <summary>Watches a run: checkers and figures. It changes nothing in it.</summary>
internal interface IRunObserver
{
    /// <summary>A process is about to start.</summary>
    void OnStarted(Machine machine)
    {
    }

    /// <summary>A process is gone.</summary>
    void OnStopped(Machine machine)
    {
    }

    /// <summary>What a process shows has changed.</summary>
    void OnChanged(Machine machine)
    {
    }

    /// <summary>An exception that no shell expects came out of a process; it is dead of it.</summary>
    void OnEscaped(Machine machine, Exception defect)
    {
    }
}
