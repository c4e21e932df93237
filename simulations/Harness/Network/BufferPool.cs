using System.Numerics;

namespace Tore.Mesh.Harness.Network;

/// <summary>Arrays for frames on their way, used again; of one thread.</summary>
internal sealed class BufferPool
{
    private const int LeastBytes = 64;

    private readonly Stack<byte[]>[] _free = [.. Enumerable.Range(0, 32).Select(_ => new Stack<byte[]>())];

    /// <summary>Arrays that are out.</summary>
    public int Rented { get; private set; }

    /// <summary>An array of at least so many bytes, of any content.</summary>
    public byte[] Rent(int bytes)
    {
        int length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, LeastBytes));
        Rented++;
        return _free[BitOperations.Log2((uint)length)].TryPop(out byte[]? buffer) ? buffer : new byte[length];
    }

    /// <summary>Takes one back.</summary>
    public void Return(byte[] buffer)
    {
        Rented--;
        _free[BitOperations.Log2((uint)buffer.Length)].Push(buffer);
    }
}
