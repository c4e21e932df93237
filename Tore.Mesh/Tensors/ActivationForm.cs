namespace Tore.Mesh.Tensors;

/// <summary>How a row of activations is held for a matrix product; the weights' type decides.</summary>
internal enum ActivationForm
{
    /// <summary>f32 as it came, for F32, F16 and BF16 weights.</summary>
    Float,

    /// <summary>Eight bits a value and one scale for 32 of them, for Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0.</summary>
    Block32,

    /// <summary>Eight bits a value and one scale for 256 of them, for the K types.</summary>
    Block256,
}
