namespace Tore.Mesh.Harness.Events;

/// <summary>Whatever something can happen to.</summary>
internal interface IEventTarget
{
    /// <summary>An event that was put into the queue for this object is due.</summary>
    /// <param name="kind">The target's own number for what happens.</param>
    /// <param name="argument">The target's own word about it.</param>
    void OnEvent(int kind, long argument);
}
