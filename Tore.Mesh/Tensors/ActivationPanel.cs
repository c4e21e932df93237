using Tore.Mesh.Tensors.Kernels.Matrix;

namespace Tore.Mesh.Tensors;

/// <summary>
/// The activations of a forward step, one row a token, in the form that the weights' type asks for; loaded once and used by every matrix
/// that reads the same input. Rows of quantized forms are records of one block each: see <see cref="Record32"/> and <see
/// cref="Record256"/>.
/// </summary>
internal sealed unsafe class ActivationPanel : IDisposable
{
    private readonly AlignedBuffer _buffer;
    private readonly int _maxTokens;
    private readonly int _maxColumns;

    /// <summary>Reserves room for <paramref name="maxTokens"/> rows of at most <paramref name="maxColumns"/> values.</summary>
    public ActivationPanel(int maxTokens, int maxColumns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxColumns);
        _maxTokens = maxTokens;
        _maxColumns = maxColumns;
        _buffer = new AlignedBuffer(BytesFor(maxTokens, maxColumns));
    }

    /// <summary>What the panel holds now.</summary>
    public ActivationForm Form { get; private set; }

    /// <summary>Values of one row now.</summary>
    public int Columns { get; private set; }

    /// <summary>Bytes from one token's row to the next.</summary>
    public long Stride { get; private set; }

    /// <summary>Bytes that a panel of this size holds.</summary>
    public static long BytesFor(int maxTokens, int maxColumns) => maxTokens * RowBytes(ActivationForm.Float, maxColumns);

    /// <summary>The form that weights of this type are multiplied with.</summary>
    public static ActivationForm FormFor(TensorType weights) => TensorTypes.BlockElements(weights) switch
    {
        1 => ActivationForm.Float,
        32 => ActivationForm.Block32,
        256 => ActivationForm.Block256,
        _ => throw new ArgumentOutOfRangeException(nameof(weights), weights, "not a type that the engine reads"),
    };

    /// <summary>
    /// Loads the rows of tokens [<paramref name="tokenStart"/>, <paramref name="tokenEnd"/>). Several threads may load disjoint ranges
    /// with the same form and columns at the same time.
    /// </summary>
    /// <param name="form">The form to hold them in.</param>
    /// <param name="x">Token 0's values.</param>
    /// <param name="stride">Floats from one token's values to the next.</param>
    /// <param name="columns">Values of a token, a multiple of the form's block.</param>
    /// <param name="tokenStart">First token to load.</param>
    /// <param name="tokenEnd">The token after the last.</param>
    /// <param name="set">Kernel set.</param>
    /// <returns>False when a value is Inf or NaN: the request ends with <c>numeric_overflow</c>.</returns>
    public bool Load(ActivationForm form, float* x, long stride, int columns, int tokenStart, int tokenEnd, KernelSet set)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, _maxColumns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokenEnd, _maxTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(tokenStart);
        long rowBytes = RowBytes(form, columns);
        Form = form;
        Columns = columns;
        Stride = rowBytes;
        bool finite = true;
        for (int token = tokenStart; token < tokenEnd; token++)
        {
            finite &= ActivationLoading.Run(form, x + (token * stride), columns, _buffer.Pointer + (token * rowBytes), set);
        }
        GC.KeepAlive(this);
        return finite;
    }

    /// <summary>The row of a token.</summary>
    public byte* Row(int token) => _buffer.Pointer + (token * Stride);

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    // Float rows are the largest form; the odd cache line keeps rows of a power of two from falling on the same cache sets.
    private static long RowBytes(ActivationForm form, int columns) => form switch
    {
        ActivationForm.Float => (((long)columns * sizeof(float)) + 127) / 64 * 64,
        ActivationForm.Block32 => columns / 32 * (long)Record32.Bytes,
        _ => columns / 256 * (long)Record256.Bytes,
    };
}
