namespace Tore.Mesh.Node;

/// <summary>One mistake in the options of a node.</summary>
/// <param name="Code">A stable error code.</param>
/// <param name="Message">What is wrong and what to do.</param>
public readonly record struct OptionProblem(string Code, string Message);
