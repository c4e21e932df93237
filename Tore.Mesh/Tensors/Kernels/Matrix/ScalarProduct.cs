namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The matrix products of docs/arithmetic.md as they are written there: the definition that every other kernel set must repeat bit for
/// bit, and the portable kernel set. The results themselves are the accumulators.
/// </summary>
internal static unsafe class ScalarProduct
{
    private const int Rows = PackedMatrix.GroupRows;

    /// <summary>See <see cref="MatrixProduct.Run"/>, without the bias.</summary>
    public static void Run(PackedMatrix w, ActivationPanel x, int tokens, float* y, long yStride, int groupStart, int groupEnd)
    {
        int rowEnd = Math.Min(groupEnd * Rows, w.Rows);
        for (int row = groupStart * Rows; row < rowEnd; row++)
        {
            PackedGroup group = w.GroupAt(row / Rows);
            for (int token = 0; token < tokens; token++)
            {
                y[row + (token * yStride)] = 0;
            }
            switch (x.Form)
            {
                case ActivationForm.Float:
                    RunFloat(w, x, group, row % Rows, tokens, y + row, yStride);
                    break;
                case ActivationForm.Block32:
                    RunBlock32(w, x, group, row % Rows, tokens, y + row, yStride);
                    break;
                default:
                    RunBlock256(w, x, group, row % Rows, tokens, y + row, yStride);
                    break;
            }
        }
    }

    private static void RunFloat(PackedMatrix w, ActivationPanel x, PackedGroup group, int lane, int tokens, float* y, long yStride)
    {
        for (int token = 0; token < tokens; token++)
        {
            float* values = (float*)x.Row(token);
            float sum = 0;
            for (int k = 0; k < w.Columns; k++)
            {
                sum = MathF.FusedMultiplyAdd(RowReading.Element(w.Type, group, lane, k), values[k], sum);
            }
            y[token * yStride] = sum;
        }
    }

    private static void RunBlock32(PackedMatrix w, ActivationPanel x, PackedGroup group, int lane, int tokens, float* y, long yStride)
    {
        bool hasMinimum = w.Type is TensorType.Q4_1 or TensorType.Q5_1;
        RowBlock row = default;
        for (int block = 0; block < w.Blocks; block++)
        {
            row.Load(w.Type, group, lane, block);
            for (int token = 0; token < tokens; token++)
            {
                byte* record = x.Row(token) + (block * (long)Record32.Bytes);
                float scale = *(float*)(record + Record32.Scale);
                int products = Dot(row.Weights, (sbyte*)record + Record32.Values, 32);
                float sum = MathF.FusedMultiplyAdd(products, row.Scale * scale, y[token * yStride]);
                if (hasMinimum)
                {
                    sum = MathF.FusedMultiplyAdd(*(int*)(record + Record32.Sum), row.Minimum * scale, sum);
                }
                y[token * yStride] = sum;
            }
        }
    }

    private static void RunBlock256(PackedMatrix w, ActivationPanel x, PackedGroup group, int lane, int tokens, float* y, long yStride)
    {
        bool hasMinimum = w.Type is TensorType.Q4_K or TensorType.Q5_K;
        int subElements = hasMinimum ? 32 : 16;
        RowBlock row = default;
        for (int block = 0; block < w.Blocks; block++)
        {
            row.Load(w.Type, group, lane, block);
            for (int token = 0; token < tokens; token++)
            {
                byte* record = x.Row(token) + (block * (long)Record256.Bytes);
                float scale = *(float*)(record + Record256.Scale);
                sbyte* values = (sbyte*)record + Record256.Values;
                int total = 0;
                for (int sub = 0; sub < 256 / subElements; sub++)
                {
                    total += row.SubScales[sub] * Dot(row.Weights + (sub * subElements), values + (sub * subElements), subElements);
                }
                float sum = MathF.FusedMultiplyAdd(total, row.Scale * scale, y[token * yStride]);
                if (hasMinimum)
                {
                    int minima = 0;
                    for (int sub = 0; sub < 8; sub++)
                    {
                        minima += row.SubMinima[sub] * ((short*)(record + Record256.Sums32))[sub];
                    }
                    sum = MathF.FusedMultiplyAdd(-(float)minima, row.Minimum * scale, sum);
                }
                y[token * yStride] = sum;
            }
        }
    }

    private static int Dot(sbyte* weights, sbyte* values, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += weights[i] * values[i];
        }
        return sum;
    }
}
