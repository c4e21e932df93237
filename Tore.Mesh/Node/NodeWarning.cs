namespace Tore.Mesh.Node;

/// <summary>Something about a node that its owner should know though it runs; in the ready line, <c>/health</c> and the log.</summary>
/// <param name="Code">Stable code (<see cref="Primitives.ErrorCodes"/>).</param>
/// <param name="Text">What is so, why, and what to do.</param>
public sealed record NodeWarning(string Code, string Text);
