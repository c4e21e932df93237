using System.Buffers.Binary;
using Tore.Mesh.Identity;

namespace Tore.Mesh.Transport;

/// <summary>
/// The first bytes of each end, of fixed size and frozen: every later program reads hello version 0.
/// <code>
/// 0   4  "TORE"
/// 4   2  hello version, 0
/// 6   2  lowest wire version spoken
/// 8   2  highest wire version spoken
/// 10  8  mesh fingerprint
/// 18 32  nonce
/// </code>
/// Integers are big-endian.
/// </summary>
internal static class LinkHello
{
    /// <summary>Bytes of a hello.</summary>
    public const int Size = 50;

    /// <summary>Bytes of the nonce.</summary>
    public const int NonceBytes = 32;

    /// <summary>The one hello version there is.</summary>
    public const ushort Version = 0;

    private const int NonceOffset = 18;

    /// <summary>What every hello begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "TORE"u8;

    /// <summary>Makes a hello.</summary>
    public static byte[] Create(WireVersions versions, MeshId mesh, ReadOnlySpan<byte> nonce)
    {
        byte[] hello = new byte[Size];
        Magic.CopyTo(hello);
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(6), versions.Lowest);
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(8), versions.Highest);
        mesh.CopyTo(hello.AsSpan(10));
        nonce.CopyTo(hello.AsSpan(NonceOffset));
        return hello;
    }

    /// <summary>The hello version of a whole hello.</summary>
    public static ushort VersionOf(ReadOnlySpan<byte> hello) => BinaryPrimitives.ReadUInt16BigEndian(hello[4..]);

    /// <summary>The wire versions of a whole hello.</summary>
    public static WireVersions WireVersionsOf(ReadOnlySpan<byte> hello) =>
        new(BinaryPrimitives.ReadUInt16BigEndian(hello[6..]), BinaryPrimitives.ReadUInt16BigEndian(hello[8..]));

    /// <summary>The mesh fingerprint of a whole hello.</summary>
    public static MeshId MeshOf(ReadOnlySpan<byte> hello) => MeshId.FromBytes(hello[10..]);
}
