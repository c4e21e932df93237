using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Tore.Mesh.Identity;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>Bytes that hostile ends send.</summary>
internal static class HostileBytes
{
    /// <summary>TLS 1.0 to 1.2 as they stand on the wire.</summary>
    public const ushort Tls10 = 0x0301, Tls11 = 0x0302, Tls12 = 0x0303;

    /// <summary>What opens a link's kind, control.</summary>
    public static byte[] Kind { get; } = FrameOf(new LinkOpen(LinkKind.Control));

    /// <summary>Frames of a link that stands, kind first.</summary>
    public static byte[] EarlyFrames { get; } = [.. Kind, .. FrameOf(new Ping(1, 2)), .. FrameOf(new Goodbye("draining", "and gone"))];

    /// <summary>A hello as it should be, with a fresh nonce.</summary>
    public static byte[] Hello(MeshId mesh, int lowest = 1, int highest = 1) => LinkHello.Create(
        new WireVersions((ushort)lowest, (ushort)highest), mesh, RandomNumberGenerator.GetBytes(LinkHello.NonceBytes));

    /// <summary>A hello of another version.</summary>
    public static byte[] HelloOfVersion(ushort version, MeshId mesh)
    {
        byte[] hello = Hello(mesh);
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(4), version);
        return hello;
    }

    /// <summary>One frame.</summary>
    public static byte[] FrameOf<T>(T message)
        where T : struct, IMessage<T>
    {
        var body = new ArrayBufferWriter<byte>();
        WireMessage.Write(message, body);
        byte[] frame = new byte[Frame.HeaderBytes + body.WrittenCount];
        Frame.WriteHeader(frame, T.Type, body.WrittenCount);
        body.WrittenSpan.CopyTo(frame.AsSpan(Frame.HeaderBytes));
        return frame;
    }

    /// <summary>
    /// A ClientHello (RFC 5246, 7.4.1.2) of an old TLS, which this platform's own TLS may be too new to send: P-256, uncompressed points,
    /// ECDSA and RSA with SHA-1 and SHA-256.
    /// </summary>
    public static byte[] ClientHello(ushort version, params ushort[] suites)
    {
        byte[] extensions =
        [
            .. Extension(10, [0, 2, 0, 23]), // supported_groups: secp256r1
            .. Extension(11, [1, 0]), // ec_point_formats: uncompressed
            .. version >= Tls12 ? Extension(13, [0, 8, 4, 3, 4, 1, 2, 3, 2, 1]) : [], // signature_algorithms
        ];
        byte[] body =
        [
            .. Number(version), .. RandomNumberGenerator.GetBytes(32), 0, // no session
            .. Number(2 * suites.Length), .. suites.SelectMany(s => Number(s)),
            1, 0, // no compression
            .. Number(extensions.Length), .. extensions,
        ];
        byte[] handshake = [1, 0, .. Number(body.Length), .. body];
        return [22, 3, 1, .. Number(handshake.Length), .. handshake];
    }

    private static byte[] Extension(int type, byte[] data) => [.. Number(type), .. Number(data.Length), .. data];

    private static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];
}
