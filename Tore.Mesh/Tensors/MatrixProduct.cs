using Tore.Mesh.Tensors.Kernels.Matrix;

namespace Tore.Mesh.Tensors;

/// <summary>
/// Rows of weights times rows of activations, for decode (1 to 8 tokens) and prefill. Every kernel set gives the bits that
/// docs/arithmetic.md defines; nothing is allocated; sharing out the groups to threads is the caller's.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>
    /// y[t * yStride + r] = row r . x_t (+ bias[r]) for the rows of groups [<paramref name="groupStart"/>, <paramref name="groupEnd"/>)
    /// and the tokens [0, <paramref name="tokens"/>) of the panel.
    /// </summary>
    /// <param name="w">Weights.</param>
    /// <param name="x">Activations in the form of <see cref="ActivationPanel.FormFor"/>, as many columns as the weights have.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="bias">One value a row, or null.</param>
    /// <param name="y">Results of token 0, indexed by row.</param>
    /// <param name="yStride">Floats from one token's results to the next.</param>
    /// <param name="groupStart">First group.</param>
    /// <param name="groupEnd">The group after the last.</param>
    /// <param name="set">Kernel set.</param>
    public static void Run(
        PackedMatrix w, ActivationPanel x, int tokens, float* bias, float* y, long yStride, int groupStart, int groupEnd, KernelSet set)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(groupStart);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groupEnd, w.Groups);
        if (x.Columns != w.Columns || x.Form != ActivationPanel.FormFor(w.Type))
        {
            throw new ArgumentException(
                $"the panel holds {x.Columns} columns as {x.Form}, the {w.Type} weights have {w.Columns}", nameof(x));
        }
        if (tokens <= 0 || groupStart >= groupEnd)
        {
            return;
        }
        MatrixKernels.Run(w, x, tokens, y, yStride, groupStart, groupEnd, set);
        if (bias != null)
        {
            AddBias(w, tokens, bias, y, yStride, groupStart, groupEnd);
        }
        GC.KeepAlive(w);
        GC.KeepAlive(x);
    }

    private static void AddBias(PackedMatrix w, int tokens, float* bias, float* y, long yStride, int groupStart, int groupEnd)
    {
        int rowEnd = Math.Min(groupEnd * PackedMatrix.GroupRows, w.Rows);
        for (int token = 0; token < tokens; token++)
        {
            float* results = y + (token * yStride);
            for (int row = groupStart * PackedMatrix.GroupRows; row < rowEnd; row++)
            {
                results[row] += bias[row];
            }
        }
    }
}
