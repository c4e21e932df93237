namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Loads one row of activations into a panel, by kernel set.</summary>
internal static unsafe class ActivationLoading
{
    /// <summary>Writes a row of the form; false on Inf or NaN.</summary>
    public static bool Run(ActivationForm form, float* x, int columns, byte* row, KernelSet set) => form switch
    {
        ActivationForm.Float when set == KernelSet.Portable || columns % 4 != 0 => ScalarLoading.LoadFloat(x, columns, (float*)row),
        ActivationForm.Float => VectorLoading.LoadFloat(x, columns, (float*)row),
        ActivationForm.Block32 when set == KernelSet.Portable => ScalarLoading.Load32(x, columns, row),
        ActivationForm.Block32 => VectorLoading.Load32(x, columns, row),
        _ when set == KernelSet.Portable => ScalarLoading.Load256(x, columns, row),
        _ => VectorLoading.Load256(x, columns, row),
    };
}
