using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership;

/// <summary>
/// All that somebody needs to join a private mesh, as one string: name, secret, where members may be reached, and a date after which
/// <c>tore</c> no longer takes it (a courtesy: who holds the secret is shut out by a rotation only).
/// <code>
/// TORE1, then in base 32 (InviteAlphabet):
///   1 byte   flags: 1 = a date follows
///   1 byte   length of the name, then the name (ASCII)
///   32 bytes secret
///   4 bytes  date, in minutes since 1970 UTC, when flagged
///   1 byte   number of addresses, then each: 4 or 6 and the IP address, or 0, length and a host name; then 2 bytes port
///   4 bytes  the first of SHA-256 over "TORE1" and all before: an invite that was mistyped is told from a wrong one
/// </code>
/// </summary>
public sealed class Invite
{
    /// <summary>How every invite of this version begins.</summary>
    public const string Prefix = "TORE1";

    private const byte HasDate = 1;
    private const int ChecksumBytes = 4;

    /// <summary>Makes an invite.</summary>
    /// <param name="mesh">A private mesh.</param>
    /// <param name="addresses">Where members may be reached, at most <see cref="Limits.InviteAddresses"/>.</param>
    /// <param name="expires">After when it is no longer taken; kept to the minute.</param>
    public Invite(MeshSecret mesh, IReadOnlyList<PeerAddress> addresses, DateTimeOffset? expires = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(addresses.Count, Limits.InviteAddresses);
        if (!mesh.IsPrivate || MeshName.ProblemOf(mesh.Name) is not null)
        {
            throw new ArgumentException("There are invites to private meshes only.", nameof(mesh));
        }
        foreach (PeerAddress address in addresses.Where(a => a.Host.Length > byte.MaxValue || !Ascii.IsValid(a.Host)))
        {
            throw new ToreException(ErrorCodes.InvalidRequest,
                $"The address {address} cannot stand in an invite: write its host name in ASCII (xn--...), at most 255 characters.");
        }
        Mesh = mesh;
        Addresses = addresses;
        Expires = expires is { } date ? DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, date.ToUnixTimeSeconds()) / 60 * 60) : null;
    }

    /// <summary>Name and secret.</summary>
    public MeshSecret Mesh { get; }

    /// <summary>Where members may be reached.</summary>
    public IReadOnlyList<PeerAddress> Addresses { get; }

    /// <summary>After when it is no longer taken.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>Reads an invite; throws <c>invite_malformed</c> with what is wrong with it, never with the text itself.</summary>
    public static Invite Parse(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (trimmed.Length > Limits.InviteCharacters)
        {
            throw Malformed($"it is longer than any invite ({Limits.InviteCharacters} characters).");
        }
        if (!trimmed.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            throw Malformed(trimmed.StartsWith("TORE", StringComparison.OrdinalIgnoreCase)
                ? "it is of a form that this program does not know. Bring it up to date."
                : $"an invite begins with {Prefix}.");
        }
        byte[] bytes = InviteAlphabet.Read(trimmed[Prefix.Length..])
            ?? throw Malformed("it holds a character that invites do not have, or its end is missing. Copy it again, whole.");
        int said = bytes.Length - ChecksumBytes;
        if (said <= 0 || !bytes.AsSpan(said).SequenceEqual(Checksum(bytes.AsSpan(0, said))))
        {
            throw Malformed("its check sum does not fit: a character is wrong or missing. Copy it again, whole.");
        }
        return TryRead(bytes.AsSpan(0, said), out Invite? invite)
            ? invite
            : throw Malformed("its check sum fits, but what it says makes no sense. Ask for another.");
    }

    /// <summary>Throws <c>invite_expired</c> when its date is over.</summary>
    public void ThrowIfExpired(DateTimeOffset now)
    {
        if (Expires is { } date && now > date)
        {
            throw new ToreException(ErrorCodes.InviteExpired, string.Create(CultureInfo.InvariantCulture,
                $"This invite to '{Mesh.Name}' was good until {date:yyyy-MM-dd HH:mm} UTC; now it is {now.UtcDateTime:yyyy-MM-dd HH:mm}. ")
                + "Ask a member for a new one ('tore invite'), or set this machine's clock if it is wrong.");
        }
    }

    /// <summary>The string that stands for it. It holds the secret: whoever sees it can join.</summary>
    public string ToText()
    {
        var bytes = new ArrayBufferWriter<byte>();
        Span<byte> number = stackalloc byte[4];
        bytes.Write([Expires is null ? (byte)0 : HasDate]);
        WriteText(bytes, Mesh.Name);
        bytes.Write(Mesh.Secret);
        if (Expires is { } date)
        {
            BinaryPrimitives.WriteUInt32BigEndian(number, (uint)(date.ToUnixTimeSeconds() / 60));
            bytes.Write(number);
        }
        bytes.Write([(byte)Addresses.Count]);
        foreach (PeerAddress address in Addresses)
        {
            WriteAddress(bytes, address);
        }
        bytes.Write(Checksum(bytes.WrittenSpan));
        return Prefix + InviteAlphabet.Write(bytes.WrittenSpan);
    }

    /// <summary>Name and fingerprint; never the secret.</summary>
    public override string ToString() => $"invite to {Mesh}";

    private static ToreException Malformed(string reason) =>
        new(ErrorCodes.InviteMalformed, $"This is no invite that can be used: {reason}");

    private static byte[] Checksum(ReadOnlySpan<byte> bytes)
    {
        byte[] hash = SHA256.HashData([.. Encoding.ASCII.GetBytes(Prefix), .. bytes]);
        return hash[..ChecksumBytes];
    }

    private static void WriteText(ArrayBufferWriter<byte> bytes, string text)
    {
        bytes.Write([checked((byte)text.Length)]);
        bytes.Write(Encoding.ASCII.GetBytes(text));
    }

    private static void WriteAddress(ArrayBufferWriter<byte> bytes, PeerAddress address)
    {
        // A scope has a meaning on this machine only, but then the whole address does: it goes as text.
        bool isIp = IPAddress.TryParse(address.Host, out IPAddress? ip)
            && (ip.AddressFamily == AddressFamily.InterNetwork || ip.ScopeId == 0);
        bytes.Write([!isIp ? (byte)0 : ip!.AddressFamily == AddressFamily.InterNetwork ? (byte)4 : (byte)6]);
        if (isIp)
        {
            bytes.Write(ip!.GetAddressBytes());
        }
        else
        {
            WriteText(bytes, address.Host);
        }
        Span<byte> port = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)address.Port);
        bytes.Write(port);
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Invite? invite)
    {
        invite = null;
        if (!TryTake(ref bytes, 1, out ReadOnlySpan<byte> flags) || (flags[0] & ~HasDate) != 0
            || !TryTakeText(ref bytes, out string name) || MeshName.ProblemOf(name) is not null
            || !TryTake(ref bytes, MeshSecret.Size, out ReadOnlySpan<byte> secret) || !secret.ContainsAnyExcept((byte)0))
        {
            return false;
        }
        DateTimeOffset? expires = null;
        if ((flags[0] & HasDate) != 0)
        {
            if (!TryTake(ref bytes, 4, out ReadOnlySpan<byte> minutes)
                || BinaryPrimitives.ReadUInt32BigEndian(minutes) * 60L > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            {
                return false;
            }
            expires = DateTimeOffset.FromUnixTimeSeconds(60L * BinaryPrimitives.ReadUInt32BigEndian(minutes));
        }
        if (!TryTake(ref bytes, 1, out ReadOnlySpan<byte> count) || count[0] > Limits.InviteAddresses)
        {
            return false;
        }
        var addresses = new PeerAddress[count[0]];
        for (int i = 0; i < addresses.Length; i++)
        {
            if (!TryTakeAddress(ref bytes, out addresses[i]))
            {
                return false;
            }
        }
        if (!bytes.IsEmpty)
        {
            return false;
        }
        invite = new Invite(MeshSecret.FromBytes(name, secret), addresses, expires);
        return true;
    }

    private static bool TryTakeAddress(ref ReadOnlySpan<byte> bytes, out PeerAddress address)
    {
        address = default;
        if (!TryTake(ref bytes, 1, out ReadOnlySpan<byte> kind))
        {
            return false;
        }
        string host;
        switch (kind[0])
        {
            case 0 when TryTakeText(ref bytes, out string name):
                host = name.Contains(':', StringComparison.Ordinal) ? $"[{name}]" : name;
                break;
            case 4 when TryTake(ref bytes, 4, out ReadOnlySpan<byte> v4):
                host = new IPAddress(v4).ToString();
                break;
            case 6 when TryTake(ref bytes, 16, out ReadOnlySpan<byte> v6):
                host = $"[{new IPAddress(v6)}]";
                break;
            default:
                return false;
        }
        return TryTake(ref bytes, 2, out ReadOnlySpan<byte> port) && PeerAddress.TryParse(
            string.Create(CultureInfo.InvariantCulture, $"{host}:{BinaryPrimitives.ReadUInt16BigEndian(port)}"), out address);
    }

    private static bool TryTakeText(ref ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (!TryTake(ref bytes, 1, out ReadOnlySpan<byte> length) || !TryTake(ref bytes, length[0], out ReadOnlySpan<byte> taken)
            || !Ascii.IsValid(taken))
        {
            return false;
        }
        text = Encoding.ASCII.GetString(taken);
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, int count, out ReadOnlySpan<byte> taken)
    {
        if (bytes.Length < count)
        {
            taken = default;
            return false;
        }
        taken = bytes[..count];
        bytes = bytes[count..];
        return true;
    }
}
