namespace Tore.Mesh.Scenarios;

/// <summary>One measured figure, beside the least or most that it should be where it has a target.</summary>
/// <param name="Name">What was measured, unit last.</param>
/// <param name="Value">The value.</param>
/// <param name="Target">The least (or most) it should be; null where it is only reported.</param>
/// <param name="AtMost">Whether the target is a ceiling.</param>
internal readonly record struct Figure(string Name, double Value, double? Target = null, bool AtMost = true)
{
    /// <summary>Whether it holds.</summary>
    public bool Holds => Target is not { } target || (AtMost ? Value <= target : Value >= target);
}
