namespace Tore.Mesh.Tensors;

/// <summary>
/// A weight matrix repacked at load so that rows are the SIMD lanes: groups of 16 rows, interleaved word by word (<see
/// cref="PackedLayout"/>). One packing serves every kernel set. Rows beyond the last one in its group are zeros.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Rows of one group: the unit in which <see cref="MatrixProduct.Run"/> shares out work.</summary>
    public const int GroupRows = 16;

    private readonly AlignedBuffer _buffer;
    private readonly PackedLayout _layout;
    private readonly long _quantsAt;
    private readonly long _highAt;
    private readonly long _subScalesAt;

    private PackedMatrix(TensorType type, int rows, int columns)
    {
        Type = type;
        Rows = rows;
        Columns = columns;
        Blocks = columns / TensorTypes.BlockElements(type);
        _layout = PackedLayout.Of(type);
        long blocks = (long)Groups * Blocks;
        _quantsAt = Align(blocks * _layout.Scales);
        _highAt = _quantsAt + Align(blocks * _layout.Quants);
        _subScalesAt = _highAt + Align(blocks * _layout.High);
        _buffer = new AlignedBuffer(_subScalesAt + Align(blocks * _layout.SubScales));
    }

    /// <summary>Element type of the weights.</summary>
    public TensorType Type { get; }

    /// <summary>Rows (outputs).</summary>
    public int Rows { get; }

    /// <summary>Columns (inputs).</summary>
    public int Columns { get; }

    /// <summary>Blocks of one row.</summary>
    public int Blocks { get; }

    /// <summary>Groups, the last perhaps not full.</summary>
    public int Groups => (Rows + GroupRows - 1) / GroupRows;

    /// <summary>Bytes held.</summary>
    public long Bytes => _buffer.Bytes;

    /// <summary>Bytes that a packed matrix of this shape holds.</summary>
    public static long PackedBytes(TensorType type, int rows, int columns)
    {
        PackedLayout layout = PackedLayout.Of(type);
        long blocks = (rows + GroupRows - 1L) / GroupRows * (columns / TensorTypes.BlockElements(type));
        return Align(blocks * layout.Scales) + Align(blocks * layout.Quants)
            + Align(blocks * layout.High) + Align(blocks * layout.SubScales);
    }

    /// <summary>Reserves a matrix of zeros. <paramref name="columns"/> is a multiple of the type's block.</summary>
    public static PackedMatrix Allocate(TensorType type, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (!TensorTypes.IsKnown(type) || columns % TensorTypes.BlockElements(type) != 0)
        {
            throw new ArgumentException($"{columns} columns are no whole number of {type} blocks", nameof(columns));
        }
        return new PackedMatrix(type, rows, columns);
    }

    /// <summary>
    /// Packs stored rows. Different threads may pack different rows at the same time.
    /// </summary>
    /// <param name="stored">The first row as the file stores it, rows one after the other.</param>
    /// <param name="firstRow">Its number, a multiple of <see cref="GroupRows"/>.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <exception cref="Primitives.ToreException"><c>model_bad_value</c>: a scale or a float weight is Inf or NaN.</exception>
    public void PackRows(byte* stored, int firstRow, int rowCount)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(firstRow % GroupRows, 0);
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount, Rows - firstRow);
        long rowBytes = TensorTypes.RowBytes(Type, Columns);
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            if (!RowPacking.Pack(Type, stored, GroupAt(row / GroupRows), row % GroupRows, Blocks))
            {
                throw new Primitives.ToreException(
                    Primitives.ErrorCodes.ModelBadValue,
                    $"row {row} of a {Rows} x {Columns} {Type} tensor holds an infinite or undefined scale or weight; the file is damaged "
                    + "or was converted with an overflow: download or convert it again");
            }
            stored += rowBytes;
        }
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Widens one row to f32, exactly where the format allows it and with one rounding where not (docs/arithmetic.md, "Stored formats").
    /// </summary>
    /// <param name="row">Row number.</param>
    /// <param name="destination">Room for <see cref="Columns"/> floats.</param>
    public void ReadRow(int row, float* destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        RowReading.Read(Type, GroupAt(row / GroupRows), row % GroupRows, Blocks, destination);
        GC.KeepAlive(this);
    }

    /// <summary>Where a group begins.</summary>
    public PackedGroup GroupAt(int group)
    {
        long block = (long)group * Blocks;
        byte* start = _buffer.Pointer;
        return new PackedGroup(
            start + (block * _layout.Scales),
            start + _quantsAt + (block * _layout.Quants),
            start + _highAt + (block * _layout.High),
            start + _subScalesAt + (block * _layout.SubScales));
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private static long Align(long bytes) => (bytes + AlignedBuffer.Alignment - 1) / AlignedBuffer.Alignment * AlignedBuffer.Alignment;
}
