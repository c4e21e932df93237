using System.Buffers.Binary;
using System.Globalization;

namespace Tore.Mesh.Identity;

/// <summary>A mesh's fingerprint, which is also its id: 8 bytes, in the hello and in mDNS, printed as 16 hex digits.</summary>
/// <param name="Value">The bytes read big-endian.</param>
public readonly record struct MeshId(ulong Value)
{
    /// <summary>Bytes of a fingerprint.</summary>
    public const int Size = 8;

    /// <summary>Reads 8 bytes.</summary>
    public static MeshId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes));

    /// <summary>Reads 16 hex digits; false when it is not that.</summary>
    public static bool TryParse(string? text, out MeshId id)
    {
        id = default;
        if (text?.Length != 2 * Size
            || !ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value))
        {
            return false;
        }
        id = new MeshId(value);
        return true;
    }

    /// <summary>Writes the 8 bytes.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
