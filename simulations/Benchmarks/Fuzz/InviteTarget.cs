using System.Security.Cryptography;
using System.Text;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>
/// Invites: texts as people paste them, and the bytes behind the letters under a check sum that fits. What is taken must be written and
/// read again to the same invite.
/// </summary>
internal sealed class InviteTarget : FuzzTarget
{
    private const byte AsText = 0;
    private const int ChecksumBytes = 4;
    private static readonly Invite[] Invites =
    [
        new(MeshSecret.Create("lab"), []),
        new(MeshSecret.Create("a-longer-name-2"), [new PeerAddress("192.0.2.1", 7600), new PeerAddress("fe80::1", 7600)]),
        new(MeshSecret.Create("x"), [new PeerAddress("node.example", 1)], DateTimeOffset.UnixEpoch.AddYears(60)),
    ];

    /// <inheritdoc/>
    public override string Name => "invites";

    /// <summary>The first byte says whether text or bytes follow.</summary>
    public override IReadOnlyList<byte[]> Corpus { get; } =
    [
        .. Invites.Select(invite => (byte[])[AsText, .. Encoding.UTF8.GetBytes(invite.ToText())]),
        .. Invites.Select(invite => (byte[])[1, .. InviteAlphabet.Read(invite.ToText().AsSpan(Invite.Prefix.Length))![..^ChecksumBytes]]),
    ];

    /// <summary>The longest text that is looked at has 8 KiB.</summary>
    public override long AllocationLimit(int inputBytes) => (256 * 1024) + (64L * inputBytes);

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        ReadOnlySpan<byte> said = input.AsSpan(Math.Min(1, input.Length));
        Invite invite = Invite.Parse(input is [AsText, ..] ? Encoding.UTF8.GetString(said) : Sealed(said));
        Invite again = Invite.Parse(invite.ToText());
        return again.Mesh.Id == invite.Mesh.Id && again.Mesh.Name == invite.Mesh.Name && again.Expires == invite.Expires
            && again.Addresses.SequenceEqual(invite.Addresses)
                ? true
                : throw new InvalidOperationException("written and read again, it is another invite");
    }

    private static string Sealed(ReadOnlySpan<byte> said)
    {
        byte[] sum = SHA256.HashData([.. Encoding.ASCII.GetBytes(Invite.Prefix), .. said])[..ChecksumBytes];
        return Invite.Prefix + InviteAlphabet.Write([.. said, .. sum]);
    }
}
