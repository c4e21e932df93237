using System.Globalization;

namespace Tore.Mesh.Harness.Faults;

/// <summary>One thing that goes wrong.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When it begins.</param>
/// <param name="Lasts">How long.</param>
/// <param name="Machines">Whom it meets.</param>
/// <param name="Amount">How bad it is, in the kind's own unit.</param>
internal sealed record Fault(FaultKind Kind, TimeSpan At, TimeSpan Lasts, IReadOnlyList<int> Machines, double Amount = 0)
{
    /// <summary>When it is put right.</summary>
    public TimeSpan End => At + Lasts;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{At.TotalSeconds,9:0.000} s  {Kind,-15} for {Lasts.TotalSeconds:0.000} s of {string.Join(',', Machines)}{Amounts}");

    private string Amounts => Amount == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {Amount:0.####}");
}
