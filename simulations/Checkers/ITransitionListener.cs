namespace Tore.Mesh.Checkers;

/// <summary>Looks at how tables change.</summary>
internal interface ITransitionListener
{
    /// <summary>A table changed.</summary>
    void OnTransition(in Transition transition);
}
