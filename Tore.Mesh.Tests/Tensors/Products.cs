using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors;

/// <summary>Runs matrix products on managed arrays.</summary>
internal static unsafe class Products
{
    /// <summary>Packs, loads and multiplies; results token by token.</summary>
    public static float[] Run(TensorType type, byte[] stored, int rows, int columns, float[] x, int tokens, float[]? bias, KernelSet set)
    {
        using PackedMatrix matrix = Pack(type, stored, rows, columns);
        return Run(matrix, x, tokens, bias, set);
    }

    /// <summary>Packs all rows.</summary>
    public static PackedMatrix Pack(TensorType type, byte[] stored, int rows, int columns)
    {
        PackedMatrix matrix = PackedMatrix.Allocate(type, rows, columns);
        fixed (byte* first = stored)
        {
            matrix.PackRows(first, 0, rows);
        }
        return matrix;
    }

    /// <summary>Loads and multiplies; results token by token.</summary>
    public static float[] Run(PackedMatrix matrix, float[] x, int tokens, float[]? bias, KernelSet set)
    {
        using ActivationPanel panel = new(tokens, matrix.Columns);
        float[] y = new float[tokens * matrix.Rows];
        Array.Fill(y, float.NaN);
        fixed (float* values = x, results = y, added = bias)
        {
            Assert.True(panel.Load(ActivationPanel.FormFor(matrix.Type), values, matrix.Columns, matrix.Columns, 0, tokens, set));
            MatrixProduct.Run(matrix, panel, tokens, added, results, matrix.Rows, 0, matrix.Groups, set);
        }
        return y;
    }
}
