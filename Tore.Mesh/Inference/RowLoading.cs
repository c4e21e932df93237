using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference;

/// <summary>
/// Loads rows into panels and remembers the rows that hold infinite or undefined values. Such a row goes on as zeros, so that it
/// costs the others nothing.
/// </summary>
internal sealed unsafe class RowLoading(ShardScratch scratch, int maxRows, KernelSet set)
{
    private readonly bool[] _failed = new bool[maxRows];

    /// <summary>Forgets the failures of the last pass.</summary>
    public void Clear(int rows) => _failed.AsSpan(0, rows).Clear();

    /// <summary>Whether one of these rows failed.</summary>
    public bool AnyFailed(int firstRow, int count) => _failed.AsSpan(firstRow, count).Contains(true);

    /// <summary>
    /// Loads one row once for every form that the matrices ask for; <paramref name="name"/> is the row of the pass it belongs to.
    /// Different lanes load different rows.
    /// </summary>
    public void Load(int row, int name, float* x, int columns, params ReadOnlySpan<PackedMatrix> matrices)
    {
        int loaded = 0;
        foreach (PackedMatrix matrix in matrices)
        {
            ActivationForm form = ActivationPanel.FormFor(matrix.Type);
            if ((loaded & (1 << (int)form)) == 0)
            {
                loaded |= 1 << (int)form;
                if (!scratch.Panel(form).Load(form, x, columns, columns, row, row + 1, set))
                {
                    _failed[name] = true;
                    new Span<float>(x + ((long)row * columns), columns).Clear();
                    scratch.Panel(form).Load(form, x, columns, columns, row, row + 1, set);
                }
            }
        }
    }
}
