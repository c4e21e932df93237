namespace Tore.Mesh.Models;

/// <summary>RoPE scaling of a model. The angle of pair i at position p is p * base^(-2i/n) / (<see cref="Factor"/> * factors[i]).</summary>
/// <param name="Kind">Which of the two there is.</param>
/// <param name="Factor">The linear divisor; 1 where there is none.</param>
/// <param name="Factors">A divisor for each pair, rope dimensions / 2 of them; empty where there are none.</param>
public sealed record RopeScaling(RopeScalingKind Kind, float Factor, IReadOnlyList<float> Factors)
{
    /// <summary>No scaling.</summary>
    public static RopeScaling None { get; } = new(RopeScalingKind.None, 1f, []);
}
