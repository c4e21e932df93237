using System.Globalization;

namespace Tore.Mesh.Checkers;

/// <summary>Something that must not be.</summary>
/// <param name="Checker">Who found it.</param>
/// <param name="At">When, in true time of the run.</param>
/// <param name="Machine">Where; -1 for nowhere in particular.</param>
/// <param name="Text">What, for people.</param>
internal sealed record Violation(string Checker, TimeSpan At, int Machine, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{At.TotalSeconds:0.000} s, {(Machine < 0 ? "everywhere" : $"machine {Machine}")}: {Checker}: {Text}");
}
