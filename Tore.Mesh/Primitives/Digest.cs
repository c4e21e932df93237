using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Tore.Mesh.Primitives;

/// <summary>A SHA-256 value: 32 bytes, compared by content, printed in lower-case hex.</summary>
public readonly struct Digest : IEquatable<Digest>, IComparable<Digest>
{
    /// <summary>Bytes in a digest.</summary>
    public const int Size = 32;

    private readonly Bytes32 _bytes;

    /// <summary>Takes exactly <see cref="Size"/> bytes.</summary>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        bytes.CopyTo(_bytes);
    }

    /// <summary>SHA-256 of <paramref name="data"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(data, hash);
        return new Digest(hash);
    }

    /// <summary>Reads 64 hex digits, with or without the prefix <c>sha256:</c>; false when it is not that.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        ReadOnlySpan<char> hex = text.AsSpan();
        if (hex.StartsWith("sha256:", StringComparison.Ordinal))
        {
            hex = hex[7..];
        }
        Span<byte> bytes = stackalloc byte[Size];
        if (hex.Length != 2 * Size || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }
        digest = new Digest(bytes);
        return true;
    }

    /// <summary>Copies the bytes out.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>The 64 hex digits, lower case, no prefix.</summary>
    public string ToHex() => Convert.ToHexStringLower(_bytes);

    /// <inheritdoc/>
    public override string ToString() => "sha256:" + ToHex();

    /// <inheritdoc/>
    public bool Equals(Digest other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Unsafe.As<Bytes32, int>(ref Unsafe.AsRef(in _bytes));

    /// <inheritdoc/>
    public int CompareTo(Digest other) => ((ReadOnlySpan<byte>)_bytes).SequenceCompareTo(other._bytes);

    public static bool operator ==(Digest left, Digest right) => left.Equals(right);
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);
    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;
    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;
    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    [InlineArray(Size)]
    private struct Bytes32
    {
        private byte _first;
    }
}
