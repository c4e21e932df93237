using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using Tore.Mesh.Primitives;
using Tore.Mesh.Primitives.Platform;

namespace Tore.Mesh.Models.Gguf;

/// <summary>One file of a model, mapped read-only, with its checked head. A whole model has one part.</summary>
internal sealed unsafe class GgufPart : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private GgufPart(string path, int index, SafeFileHandle handle, long length)
    {
        Path = path;
        Length = length;
        LastWrite = File.GetLastWriteTimeUtc(handle);
        _handle = handle;
        const MemoryMappedFileAccess Access = MemoryMappedFileAccess.Read;
        _mapping = MemoryMappedFile.CreateFromFile(handle, null, 0, Access, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, 0, Access);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        try
        {
            Header = GgufHeader.Read(_start + _view.PointerOffset, length, path, index);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file when it was opened.</summary>
    public long Length { get; }

    /// <summary>Time of the last write when it was opened, UTC.</summary>
    public DateTime LastWrite { get; }

    public GgufHeader Header { get; }

    /// <summary>First byte of the mapping.</summary>
    public byte* Start => _start != null ? _start + _view.PointerOffset : throw new ObjectDisposedException(nameof(GgufFile), Path);

    /// <summary>Opens, maps and checks a file; every failure of the file system becomes an error that names the path.</summary>
    public static GgufPart Open(string path, int index)
    {
        SafeFileHandle? handle = null;
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists)
            {
                throw new ToreException(ErrorCodes.ModelNotFound, Directory.Exists(path)
                    ? $"{path} is a folder: name a .gguf file in it."
                    : $"There is no file {path}: check the path.");
            }
            // Asked before opening: a pipe or device has length 0, and opening one could wait for ever.
            if (info.Length == 0)
            {
                throw GgufFault.Truncated(path, "the file is empty");
            }
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
            return new GgufPart(path, index, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            handle?.Dispose();
            throw new ToreException(
                ErrorCodes.FileNotReadable,
                $"{path} cannot be read: {failure.Message} Check that it is there and that you may read it.",
                failure);
        }
        catch
        {
            handle?.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the head, by checked offsets; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Slice(long start, long bytes) => new(Start + start, checked((int)bytes));

    /// <summary>Reads file bytes into memory without mapping them; a file cut short meanwhile is an error, not a crash.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        while (!destination.IsEmpty)
        {
            int read;
            try
            {
                read = RandomAccess.Read(_handle, destination, offset);
            }
            catch (IOException failure)
            {
                throw new ToreException(ErrorCodes.FileNotReadable, $"{Path} cannot be read at {offset}: {failure.Message}", failure);
            }
            if (read == 0)
            {
                throw GgufFault.Truncated(Path, $"the file ended at {offset} while it was read; it had {Length} bytes when opened");
            }
            destination = destination[read..];
            offset += read;
        }
    }

    /// <summary>Drops mapped pages of a range from this process's memory.</summary>
    public void Release(long offset, long bytes) => PageAdvice.Release(Start + offset, bytes);

    /// <summary>Whether the file still has the size and time it was opened with.</summary>
    public bool IsUnchanged() => RandomAccess.GetLength(_handle) == Length && File.GetLastWriteTimeUtc(_handle) == LastWrite;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start != null)
        {
            _start = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
        _view.Dispose();
        _mapping.Dispose();
        _handle.Dispose();
    }
}
