using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference;

/// <summary>Reads stored matrices and repacks them on all lanes of a pool, each with a buffer for a few rows of its own.</summary>
internal sealed unsafe class MatrixPacking : IEngineJob, IDisposable
{
    private const long PieceBytes = 1024 * 1024;

    private readonly GgufFile _file;
    private readonly EnginePool _pool;
    private readonly IProgress<LoadProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly AlignedBuffer[] _buffers;
    private readonly long _totalBytes;
    private long _bytes;
    private GgufTensor? _tensor;
    private PackedMatrix? _matrix;

    public MatrixPacking(
        GgufFile file, ShardShape shape, EnginePool pool, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        _file = file;
        _pool = pool;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _totalBytes = shape.Matrices().Sum(tensor => tensor.Bytes);
        long longest = shape.Matrices().Max(tensor => RowBytes(tensor)) * PackedMatrix.GroupRows;
        _buffers = new AlignedBuffer[pool.Threads];
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] = new AlignedBuffer(Math.Max(PieceBytes, longest));
        }
    }

    /// <summary>
    /// Reads one matrix. Throws <c>model_bad_value</c>, <c>model_truncated</c> or <see cref="OperationCanceledException"/>.
    /// </summary>
    public PackedMatrix Pack(GgufTensor tensor)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _tensor = tensor;
        _matrix = PackedMatrix.Allocate(tensor.Type, checked((int)tensor.Rows), checked((int)tensor.Columns));
        try
        {
            _pool.Run(this);
        }
        catch
        {
            _matrix.Dispose();
            throw;
        }
        return _matrix;
    }

    /// <summary>Reports that everything is read.</summary>
    public void Finish() => _progress?.Report(new LoadProgress(_totalBytes, _totalBytes));

    /// <summary>Packs this lane's groups, piece by piece.</summary>
    public void Run(EngineLane lane)
    {
        AlignedBuffer buffer = _buffers[lane.Index];
        long rowBytes = RowBytes(_tensor!);
        (int start, int end) = lane.ShareOf(_matrix!.Groups);
        int groupsAtOnce = (int)Math.Clamp(buffer.Bytes / (rowBytes * PackedMatrix.GroupRows), 1, end - start + 1);
        for (int group = start; group < end; group += groupsAtOnce)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            int firstRow = group * PackedMatrix.GroupRows;
            int rows = Math.Min(Math.Min(groupsAtOnce, end - group) * PackedMatrix.GroupRows, _matrix.Rows - firstRow);
            var piece = new Span<byte>(buffer.Pointer, checked((int)(rows * rowBytes)));
            _file.Read(_tensor!, firstRow * rowBytes, piece);
            _matrix.PackRows(buffer.Pointer, firstRow, rows);
            long bytes = Interlocked.Add(ref _bytes, piece.Length);
            if (lane.Index == 0)
            {
                _progress?.Report(new LoadProgress(bytes, _totalBytes));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private static long RowBytes(GgufTensor tensor) => TensorTypes.RowBytes(tensor.Type, tensor.Columns);
}
