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
    public void Write_OwnRecords_AreCompressed()
    {
        MdnsNode node = TestNodes.Of(1, IPAddress.Loopback, IPAddress.Parse("fe80::1"));
        byte[] bytes = Write(new DnsMessage { IsResponse = true, Answers = TestNodes.Records(node) });
        Assert.True(bytes.Length < 350, $"{bytes.Length} bytes: names are not compressed");
        Assert.Equal(TestNodes.Records(node), Read(bytes).Answers);
    }

    [Fact]
    public void Write_ServiceForAnOrdinaryClient_HoldsItsHostWhole()
    {
        DnsRecord service = MdnsRecords.Service(MdnsRecords.InstanceOf(TestNodes.Id(1)), new DnsName("h", "local"), 1);
        var message = new DnsMessage { IsResponse = true, Answers = [service] };
        // Compressed, ".local" is a pointer; whole, it is seven bytes.
        Assert.Equal(5, Write(message with { IsLegacy = true }).Length - Write(message).Length);
    }

    [Fact]
    public void Write_MoreThanFits_IsRefusedWhole()
    {
        var message = new DnsMessage { IsResponse = true, Answers = TestNodes.Records(TestNodes.Of(1)) };
        int whole = Write(message).Length;
        byte[] packet = new byte[whole];
        Assert.True(DnsWriter.TryWrite(message, packet, out _));
        Assert.All(Enumerable.Range(12, whole - 12), size => Assert.False(DnsWriter.TryWrite(message, packet.AsSpan(0, size), out _)));
    }

    [Fact]
    public void Write_Denial_IsTheBytesOfTheStandard()
    {
        // NSEC of host "h" with A and AAAA: next name by pointer, block 0, four bytes with bits 1 and 28 (RFC 4034 §4.1.2).
        var host = new DnsName("h");
        byte[] bytes = Write(new DnsMessage { IsResponse = true, Answers = [MdnsRecords.OnlyTypes(host, DnsType.A, DnsType.Aaaa)] });
        Assert.Equal("000084000000000100000000" + "016800" + "002f" + "8001" + "00000078" + "0008" + "c00c" + "0004" + "40000008",
            Convert.ToHexStringLower(bytes));
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
    [InlineData("000080030000000000000000", "an error")]
    [InlineData("0000840000000001000000000000" + "2f0001000000780002" + "0000", "a denial with half a block")]
    [InlineData("0000840000000001000000000000" + "2f0001000000780004" + "00000040", "a denial with an empty block")]
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
    public void TryRead_UnknownTypes_AreKeptAsBytes()
    {
        byte[] packet = Convert.FromHexString("000084000000000200000000" + "00" + "000d" + "8001" + "00000078" + "0003" + "010203"
            + "00" + "0001" + "8001" + "00000078" + "0004" + "7f000001");
        IReadOnlyList<DnsRecord> answers = Read(packet).Answers;
        Assert.Equal(new DnsData.Other((DnsType)13, new byte[] { 1, 2, 3 }), answers[0].Data);
        Assert.Equal(new DnsData.Address(IPAddress.Loopback), answers[1].Data);
    }

    [Theory]
    [InlineData("00", "")]
    [InlineData("", "")]
    [InlineData("0361623d" + "00" + "023d78" + "036e6f77", "ab=|now")]
    public void Strings_TextRecord_GivesThoseThatSaySomething(string hex, string expected)
    {
        byte[] bytes = Convert.FromHexString(hex);
        byte[] packet = [.. Convert.FromHexString("000084000000000100000000" + "00" + "0010" + "8001" + "00000078"),
            0, (byte)bytes.Length, .. bytes];
        Assert.Equal(expected, string.Join('|', ((DnsData.Text)Read(packet).Answers[0].Data).Strings));
    }

    [Fact]
    public void Equals_Names_KnowNoAsciiCaseAndNoOtherFolding()
    {
        Assert.Equal(new DnsName("Tore", "LOCAL"), new DnsName("tORE", "local"));
        Assert.Equal(new DnsName("Tore").GetHashCode(), new DnsName("TORE").GetHashCode());
        Assert.NotEqual(new DnsName("\u00e9"), new DnsName("\u00c9"));
        Assert.NotEqual(new DnsName("a", "b"), new DnsName("a.b"));
        Assert.True(new DnsName("a.b", "_TORE", "_tcp", "local").IsChildOf(MdnsRecords.ServiceType));
        Assert.False(MdnsRecords.ServiceType.IsChildOf(MdnsRecords.ServiceType));
    }

    [Fact]
    public void Compare_TheStandardsExample_TheGreaterAddressWins()
    {
        // RFC 6762 §8.2: 169.254.200.50 comes after 169.254.99.200, though 200 has more digits only in decimal.
        DnsRecord[] Of(string address) => [MdnsRecords.Address(new DnsName("h", "local"), IPAddress.Parse(address))];
        Assert.True(MdnsTieBreak.Compare(Of("169.254.200.50"), Of("169.254.99.200")) > 0);
        Assert.Equal(0, MdnsTieBreak.Compare(Of("10.0.0.1"), Of("10.0.0.1")));
        DnsRecord[] more = [.. Of("10.0.0.1"), .. Of("fe80::1")];
        Assert.True(MdnsTieBreak.Compare(more, Of("10.0.0.1")) > 0);
        Assert.Equal(0, MdnsTieBreak.Compare(more, more.Reverse()));
        Assert.True(MdnsTieBreak.Compare(more, Of("10.0.0.2")) < 0);
    }

    [Fact]
    public void Write_AnyMessage_ReadsBackTheSame() =>
        Prop.ForAll(Arb.From(Messages()), message =>
        {
            DnsMessage back = Read(Write(message));
            Assert.Equal((message.IsResponse, message.Id, message.IsTruncated), (back.IsResponse, back.Id, back.IsTruncated));
            Assert.Equal(message.Questions, back.Questions);
            Assert.Equal(message.Answers, back.Answers);
            Assert.Equal(message.Authorities, back.Authorities);
            Assert.Equal(message.Additionals, back.Additionals);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryRead_AnyBytes_NeverThrowsAndWhatItReadsIsWritten() =>
        Prop.ForAll(Arb.From(Gen.OneOf(Damaged(), Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf())), bytes =>
        {
            if (DnsReader.TryRead(bytes, out DnsMessage message))
            {
                // Names may grow when a pointer is written out, never past the largest packet times a few.
                byte[] packet = new byte[1 << 20];
                Assert.True(DnsWriter.TryWrite(message, packet, out _));
            }
        }).QuickCheckThrowOnFailure();

    private static Gen<DnsMessage> Messages()
    {
        Gen<string> label = Gen.Elements("local", "_tcp", "_tore", "A", "a", "\u00e9t\u00e9", "x.y", new string('n', 63), "tore-1");
        Gen<DnsName> name = label.ArrayOf().Where(l => l.Length <= 5 && l.Sum(x => 2 * x.Length) < 200).Select(l => new DnsName(l));
        Gen<byte[]> bytes = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf();
        Gen<ushort> number = Gen.Choose(0, 65535).Select(n => (ushort)n);
        Gen<DnsData> data = Gen.OneOf(
            name.Select(n => (DnsData)new DnsData.Pointer(n)),
            from host in name
            from port in number
            from priority in number
            from weight in number
            select (DnsData)new DnsData.Service(host, port, priority, weight),
            label.ArrayOf().Select(l => (DnsData)DnsData.Text.Of(l)),
            bytes.ArrayOf(4).Select(_ => (DnsData)new DnsData.Address(IPAddress.Parse("192.0.2.1"))),
            Gen.Choose(1, 9).Select(n => (DnsData)new DnsData.Address(IPAddress.Parse($"2001:db8::{n}"))),
            from next in name
            from types in Gen.Choose(1, 254).ArrayOf()
            select (DnsData)new DnsData.OnlyTypes(next, [.. types.Distinct().Order().Select(t => (DnsType)t)]),
            bytes.Select(b => (DnsData)new DnsData.Other((DnsType)99, b)));
        Gen<DnsRecord[]> records = (from owner in name
                                    from unique in Gen.Elements(true, false)
                                    from lifetime in Gen.Choose(0, int.MaxValue)
                                    from said in data
                                    select new DnsRecord(owner, unique, (uint)lifetime, said)).ArrayOf().Where(r => r.Length < 20);
        Gen<DnsQuestion[]> questions = (from asked in name
                                        from type in number
                                        from unicast in Gen.Elements(true, false)
                                        select new DnsQuestion(asked, (DnsType)type, unicast)).ArrayOf().Where(q => q.Length < 20);
        Gen<DnsMessage> messages =
               from response in Gen.Elements(true, false)
               from id in number
               from truncated in Gen.Elements(true, false)
               from asked in questions
               from answers in records
               from claims in records
               from more in records
               select new DnsMessage
               {
                   IsResponse = response,
                   Id = id,
                   IsTruncated = truncated,
                   Questions = asked,
                   Answers = answers,
                   Authorities = claims,
                   Additionals = more,
               };
        return messages.Where(m => DnsWriter.TryWrite(m, new byte[Limits.MdnsPacketBytes], out _));
    }

    private static Gen<byte[]> Damaged()
    {
        MdnsNode node = TestNodes.Of(2, IPAddress.Loopback);
        byte[] whole = Write(new DnsMessage
        {
            IsResponse = true,
            Answers = [.. TestNodes.Records(node), MdnsRecords.OnlyTypes(MdnsRecords.HostOf(node.Node), DnsType.A, DnsType.Aaaa)],
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
