using System.Globalization;
using System.Text;

namespace Tore.Mesh.Harness.Faults;

/// <summary>A run to be: what happens to whom. With the seed it says everything.</summary>
internal sealed record Schedule
{
    /// <summary>From what all chance of the run follows.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Machines.</summary>
    public required int Machines { get; init; }

    /// <summary>Those of them, from the last, that lie.</summary>
    public int Liars { get; init; }

    /// <summary>What goes wrong, by time.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>When the last fault has been put right.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>How long the machines then have until everything must be well.</summary>
    public required TimeSpan Settle { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"seed {Seed}: {Machines} machines, {Liars} lie; faults for {Length.TotalSeconds:0.0} s, then {Settle.TotalSeconds:0.0} s");
        foreach (Fault fault in Faults)
        {
            text.AppendLine(fault.ToString());
        }
        return text.ToString().TrimEnd();
    }
}
