using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership;

public sealed class InviteTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly PeerAddress[] Addresses =
        [Address("192.168.1.5:7601"), Address("[2001:db8::7]:7601"), Address("lab.example:65535"), Address("[fe80::1%3]:1")];

    [Fact]
    public void Parse_WhatToTextMade_GivesTheSame()
    {
        var invite = new Invite(MeshSecret.FromBytes("Lab-2", Secret), Addresses, At("2026-11-22T10:11:12Z"));
        Invite read = Invite.Parse(invite.ToText());
        Assert.Equal("Lab-2", read.Mesh.Name);
        Assert.Equal(invite.Mesh.Id, read.Mesh.Id);
        Assert.Equal(Secret, read.Mesh.Secret.ToArray());
        Assert.Equal(Addresses, read.Addresses);
        Assert.Equal(At("2026-11-22T10:11:00Z"), read.Expires);
        Assert.Null(Invite.Parse(new Invite(invite.Mesh, []).ToText()).Expires);
    }

    [Fact]
    public void ToText_KnownInvite_HasTheseCharacters()
    {
        // Made with Python: base64.b32encode over the layout of Invite's summary, translated to the alphabet, hashlib for the end.
        var invite = new Invite(MeshSecret.FromBytes("lab", Secret), [Address("192.0.2.7:7601")], At("2030-01-01T00:00:00Z"));
        Assert.Equal(Golden, invite.ToText());
        Assert.Equal("4c934baf84bf2025", Invite.Parse(Golden).Mesh.Id.ToString());
    }

    [Fact]
    public void Parse_OneCharacterMistyped_IsMalformedWhereverItStands()
    {
        const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        for (int i = Invite.Prefix.Length; i < Golden.Length; i++)
        {
            var mistyped = new StringBuilder(Golden);
            mistyped[i] = Alphabet[(Alphabet.IndexOf(Golden[i], StringComparison.Ordinal) + 1 + (i % 30)) % 32];
            ToreException error = Assert.Throws<ToreException>(() => Invite.Parse(mistyped.ToString()));
            Assert.Equal(ErrorCodes.InviteMalformed, error.Code);
            Assert.DoesNotContain(mistyped.ToString(10, 20), error.Message, StringComparison.Ordinal);
            Assert.Throws<ToreException>(() => Invite.Parse(Golden[..i]));
            Assert.Throws<ToreException>(() => Invite.Parse(Golden.Remove(i, 1)));
        }
    }

    [Fact]
    public void Parse_AsPeopleCopyIt_IsTaken()
    {
        string broken = string.Join("\r\n  ", Golden.Chunk(20).Select(c => new string(c)));
        string asRead = Golden[..5] + Golden[5..].ToLowerInvariant().Replace('0', 'o').Replace('1', 'l');
        foreach (string text in (string[])[$"  {Golden}\n", broken, asRead, Golden.ToLowerInvariant(), Golden[..5] + "-" + Golden[5..]])
        {
            Assert.Equal("lab", Invite.Parse(text).Mesh.Name);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("TORE1")]
    [InlineData("hello")]
    [InlineData("TORE2ABCDEF")]
    [InlineData("TORE1U")]
    [InlineData("TORE1é")]
    public void Parse_SomethingElse_IsMalformed(string text) =>
        Assert.Equal(ErrorCodes.InviteMalformed, Assert.Throws<ToreException>(() => Invite.Parse(text)).Code);

    [Fact]
    public void Parse_TooLong_IsRefusedUnread() => Assert.Contains("longer", Assert.Throws<ToreException>(
        () => Invite.Parse(Invite.Prefix + new string('0', Limits.InviteCharacters))).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_AnyBytesUnderARightCheckSum_GiveAnInviteOrMalformed()
    {
        byte[] whole = InviteAlphabet.Read(Golden.AsSpan(Invite.Prefix.Length))!;
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte[], int, int)>(), drawn =>
            {
                // A part of a right one, with drawn bytes put over it: deep enough to get past the first checks.
                List<byte> bytes = [.. whole.AsSpan(0, Math.Abs(drawn.Item2 % (whole.Length - 4))), .. drawn.Item1 ?? []];
                if (bytes.Count > 0)
                {
                    bytes[Math.Abs(drawn.Item3 % bytes.Count)] ^= (byte)drawn.Item3;
                }
                byte[] sum = SHA256.HashData([.. Encoding.ASCII.GetBytes(Invite.Prefix), .. bytes])[..4];
                string text = Invite.Prefix + InviteAlphabet.Write([.. bytes, .. sum]);
                try
                {
                    Invite read = Invite.Parse(text);
                    Assert.Equal(Invite.Parse(read.ToText()).Mesh.Id, read.Mesh.Id);
                }
                catch (ToreException error)
                {
                    Assert.Equal(ErrorCodes.InviteMalformed, error.Code);
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Alphabet_AnyBytes_ComeBack() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), bytes => InviteAlphabet.Read(InviteAlphabet.Write(bytes)).AsSpan().SequenceEqual(bytes))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void ThrowIfExpired_AfterItsDate_IsInviteExpired()
    {
        Invite invite = Invite.Parse(Golden);
        invite.ThrowIfExpired(At("2029-12-31T23:59:59Z"));
        ToreException error = Assert.Throws<ToreException>(() => invite.ThrowIfExpired(At("2030-01-01T00:00:01Z")));
        Assert.Equal(ErrorCodes.InviteExpired, error.Code);
        Assert.Contains("2030-01-01", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_MeshWithoutASecret_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Invite(MeshSecret.Open, []));
        Assert.Throws<ToreException>(() => new Invite(MeshSecret.Create("lab"), [new PeerAddress("läb.example", 1)]));
        Assert.DoesNotContain(Golden[10..30], Invite.Parse(Golden).ToString(), StringComparison.Ordinal);
    }

    private const string Golden = "TORE1041PRRB2000G40R40M30E209185GR38E1W8124GK2GAHC5RR34D1P70X3RFG3RC7W00G9G00083HVCB5B5VCG";

    private static PeerAddress Address(string text) =>
        PeerAddress.TryParse(text, out PeerAddress address) ? address : throw new ArgumentException(text);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
