using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Mdns;

public sealed class DnsCodecTests
{
    // A query as another responder sends it: id 0, one question, PTR, QU bit set (hand-assembled from RFC 1035 §4.1).
    private const string Query = "000000000001000000000000" + "055f746f7265045f746370056c6f63616c00" + "000c" + "8001";

    [Fact]
    public void Write_Query_IsTheBytesOfTheStandard()
    {
        var message = new DnsMessage
        {
            IsResponse = false,
            Questions = [new DnsQuestion(MdnsRecords.ServiceType, DnsType.Ptr, WantsUnicast: true)],
        };
        Assert.Equal(Query, Convert.ToHexStringLower(Write(message)));
    }

    [Fact]
    public void TryRead_Query_GivesItsQuestion()
    {
        DnsMessage message = Read(Convert.FromHexString(Query));
        Assert.False(message.IsResponse);
        Assert.Equal(new DnsQuestion(new DnsName("_TORE", "_tcp", "Local"), DnsType.Ptr, true), Assert.Single(message.Questions));
    }

    [Fact]
    public void TryRead_CompressedResponse_FollowsPointersBackwards()
    {
        // Answer PTR _tore._tcp.local -> x._tore._tcp.local, whose data is label "x" and a pointer to offset 12.
        byte[] packet = Convert.FromHexString("000084000000000100000000" + "055f746f7265045f746370056c6f63616c00"
            + "000c" + "0001" + "00001194" + "0004" + "0178" + "c00c");
        DnsRecord record = Assert.Single(Read(packet).Answers);
        Assert.Equal(4500u, record.LifetimeSeconds);
        Assert.Equal(new DnsName("x", "_tore", "_tcp", "local"), Assert.IsType<DnsData.Pointer>(record.Data).Target);
    }

    [Fact]
    public void Write_OwnRecords_ReadBackTheSameAndCompressed()
    {
        MdnsNode node = TestNodes.Of(1, IPAddress.Loopback, IPAddress.Parse("fe80::1"));
        var message = new DnsMessage
        {
            IsResponse = true,
            Answers = [MdnsRecords.Pointer(node), MdnsRecords.Service(node), MdnsRecords.Text(node), .. MdnsRecords.Addresses(node)],
            Additionals = [MdnsRecords.TypePointer()],
        };
        byte[] bytes = Write(message);
        DnsMessage back = Read(bytes);
        Assert.True(back.IsResponse);
        Assert.Equal(message.Answers.Select(Describe), back.Answers.Select(Describe));
        Assert.Equal(message.Additionals.Select(Describe), back.Additionals.Select(Describe));
        Assert.True(bytes.Length < 350, $"{bytes.Length} bytes: names are not compressed");
    }

    [Theory]
    [InlineData("00", "shorter than a header")]
    [InlineData("000000000001000000000000c00c000c0001", "a pointer to itself")]
    [InlineData("000000000001000000000000c00e000cc00c0001", "a pointer forwards")]
    [InlineData("000000000001000000000000c000000c0001", "a pointer into the header")]
    [InlineData("000000000001000000000000c0", "half a pointer")]
    [InlineData("0000000000010000000000004061", "a reserved label type")]
    [InlineData("00000000000100000000000005", "a label past the end")]
    [InlineData("000000000001000000000000" + "00" + "000c", "a question without class")]
    [InlineData("0000840000000001000000000000010001000000780005" + "7f000001", "data past the end")]
    [InlineData("00008400000000010000000000000100010000007800037f0000", "an IPv4 address of three bytes")]
    [InlineData("0000840000000001000000000000100001000000780002" + "0561", "a text string past its record")]
    [InlineData("0000840000000001000000000000210001000000780006" + "000000000001", "a service without host")]
    [InlineData("00000000ffffffffffffffff", "more records than the limit")]
    [InlineData("000078000000000000000000", "another opcode")]
    public void TryRead_Malformed_IsRefused(string hex, string why) =>
        Assert.False(DnsReader.TryRead(Convert.FromHexString(hex), out _), why);

    [Fact]
    public void TryRead_NameOverTheLimit_IsRefused()
    {
        // Five labels of 60 bytes: 305 bytes.
        string label = "3c" + string.Concat(Enumerable.Repeat("61", 60));
        string packet = "000000000001000000000000" + string.Concat(Enumerable.Repeat(label, 5)) + "00" + "000c0001";
        Assert.False(DnsReader.TryRead(Convert.FromHexString(packet), out _));
    }

    [Fact]
    public void TryRead_UnknownTypes_ArePassedOver()
    {
        byte[] packet = Convert.FromHexString("000084000000000200000000" + "00" + "002f" + "8001" + "00000078" + "0003" + "010203"
            + "00" + "0001" + "8001" + "00000078" + "0004" + "7f000001");
        Assert.Equal(IPAddress.Loopback, Assert.IsType<DnsData.Address>(Assert.Single(Read(packet).Answers).Data).Value);
    }

    [Fact]
    public void TryRead_AnyBytes_NeverThrows() =>
        Prop.ForAll(Arb.From(Damaged()), bytes =>
        {
            DnsReader.TryRead(bytes, out _);
        }).QuickCheckThrowOnFailure();

    private static Gen<byte[]> Damaged()
    {
        MdnsNode node = TestNodes.Of(2, IPAddress.Loopback);
        byte[] whole = Write(new DnsMessage
        {
            IsResponse = true,
            Answers = [MdnsRecords.Pointer(node), MdnsRecords.Service(node), MdnsRecords.Text(node), .. MdnsRecords.Addresses(node)],
        });
        return from at in Gen.ArrayOf(Gen.Choose(0, whole.Length - 1), 4)
               from value in Gen.ArrayOf(Gen.Choose(0, 255), 4)
               from length in Gen.Choose(0, whole.Length)
               select Damage(whole, at, value, length);
    }

    private static byte[] Damage(byte[] whole, int[] at, int[] value, int length)
    {
        byte[] copy = [.. whole];
        for (int i = 0; i < at.Length; i++)
        {
            copy[at[i]] = (byte)value[i];
        }
        return copy[..(value[0] < 128 ? length : copy.Length)];
    }

    private static string Describe(DnsRecord r) => $"{r.Name} {r.IsUnique} {r.LifetimeSeconds} " + r.Data switch
    {
        DnsData.Text text => string.Join(',', text.Strings),
        _ => r.Data.ToString(),
    };

    private static byte[] Write(DnsMessage message)
    {
        byte[] packet = new byte[Limits.MdnsPacketBytes];
        return packet[..DnsWriter.Write(message, packet)];
    }

    private static DnsMessage Read(byte[] packet)
    {
        Assert.True(DnsReader.TryRead(packet, out DnsMessage message));
        return message;
    }
}
