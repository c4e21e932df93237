namespace Tore.Mesh.Models;

/// <summary>How RoPE angles are changed to reach beyond the context of training.</summary>
public enum RopeScalingKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Positions are divided by one factor.</summary>
    Linear,

    /// <summary>Each pair's frequency is divided by its own factor (Llama 3.1 and later; <c>rope_freqs.weight</c>).</summary>
    Factors,
}
