namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Loads one row of activations into a panel, by kernel set.</summary>
internal static unsafe class ActivationLoading
{
    /// <summary>Writes a row of the form; false on Inf or NaN.</summary>
    public static bool Run(ActivationForm form, float* x, int columns, byte* row, KernelSet set)
    {
        _ = set;
        return form switch
        {
            ActivationForm.Float => ScalarLoading.LoadFloat(x, columns, (float*)row),
            ActivationForm.Block32 => ScalarLoading.Load32(x, columns, row),
            _ => ScalarLoading.Load256(x, columns, row),
        };
    }
}
