using System.Runtime.InteropServices;
using Tore.Mesh.Primitives.Platform;

namespace Tore.Mesh.Tensors;

/// <summary>Zeroed unmanaged memory on a 64-byte boundary, owned by whoever made it. Sizes beyond 2 GiB are usual.</summary>
public sealed unsafe class AlignedBuffer : IDisposable
{
    /// <summary>Alignment in bytes: one cache line, one 512-bit vector.</summary>
    public const int Alignment = 64;

    /// <summary>
    /// From this size on a buffer asks for large pages: weights that are streamed once a token then decode a tenth faster.
    /// </summary>
    private const int LargePage = 2 * 1024 * 1024;

    private byte* _pointer;

    /// <summary>Allocates <paramref name="bytes"/> zeroed bytes.</summary>
    public AlignedBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        bool large = bytes >= LargePage;
        _pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), large ? (nuint)LargePage : Alignment);
        if (large)
        {
            PageAdvice.PreferLarge(_pointer, bytes);
        }
        NativeMemory.Clear(_pointer, (nuint)Math.Max(bytes, Alignment));
    }

    /// <summary>Frees what an owner forgot.</summary>
    ~AlignedBuffer() => Free();

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>First byte.</summary>
    public byte* Pointer => _pointer != null ? _pointer : throw new ObjectDisposedException(nameof(AlignedBuffer));

    /// <summary>The same memory as floats.</summary>
    public float* Floats => (float*)Pointer;

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        byte* pointer = _pointer;
        _pointer = null;
        NativeMemory.AlignedFree(pointer);
    }
}
