using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

/// <summary>Of every message: nothing is lost, nothing foreign is taken, nothing large is allocated on a stranger's word.</summary>
public sealed class WireMessageTests
{
    /// <summary>Far above what any message of these tests allocates, far below what a hostile count asks for.</summary>
    private const long AllocationMax = 1024 * 1024;

    private static Config Quiet => Config.QuickThrowOnFailure.WithQuietOnSuccess(true);

    public static TheoryData<string> Types => [.. WireCases.All.Keys.Select(type => type.ToString())];

    [Fact]
    public void Cases_EveryMessageType_IsThere() =>
        Assert.Equal(Enum.GetValues<MessageType>().Order(), WireCases.All.Keys.Order());

    [Theory]
    [MemberData(nameof(Types))]
    public void ReadWrite_GeneratedValues_AreTheSameBytes(string type) => ForAll(type, (message, body) =>
    {
        Assert.Equal(body, message.ReadAndWrite(body, out byte[] rest));
        Assert.Empty(rest);
        message.Read(body);
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_TruncatedAnywhere_IsWireMalformed(string type) => ForAll(type, (message, body) =>
    {
        int step = Math.Max(1, body.Length / 97);
        for (int length = 0; length < body.Length; length += step)
        {
            Assert.Equal(ErrorCodes.WireMalformed, Assert.Throws<ToreException>(() => message.Read(body[..length])).Code);
        }
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_BytesLeftOver_IsWireMalformed(string type) => ForAll(type, (message, body) =>
        Assert.Equal(ErrorCodes.WireMalformed, Assert.Throws<ToreException>(() => message.Read([.. body, 0xc0])).Code));

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_UnknownTrailingFields_AreSkipped(string type) => ForAll(type, (message, body) =>
    {
        // A newer writer's: a map with an array in it, a float 64, an ext, a bin, a str.
        byte[] added = Convert.FromHexString(
            "82" + "01" + "93c0c3a161" + "02" + "cd1234" + "cb3ff0000000000000" + "d5051234" + "c403010203" + "a3616263");
        int known = FieldCount(body, out int head);
        byte[] newer = [.. ArrayHead(known + 5), .. body[head..], .. added];

        Assert.Equal(body, message.ReadAndWrite(newer, out byte[] rest));
        Assert.Empty(rest);
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_OneFieldFewer_IsWireMalformed(string type) => ForAll(type, (message, body) =>
    {
        byte[] older = [.. ArrayHead(FieldCount(body, out int head) - 1), .. body[head..]];

        Assert.Equal(ErrorCodes.WireMalformed, Assert.Throws<ToreException>(() => message.Read(older)).Code);
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_AnyChangedByte_IsReadOrRefusedWithinBounds(string type) => ForAll(type, (message, body) =>
    {
        var random = new Random(body.Length);
        for (int i = 0; i < 40; i++)
        {
            byte[] changed = [.. body];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            ReadWithinBounds(message, changed);
        }
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_Garbage_IsReadOrRefusedWithinBounds(string type)
    {
        WireCase message = WireCases.All[Enum.Parse<MessageType>(type)];
        Prop.ForAll<byte[]>(garbage => ReadWithinBounds(message, garbage)).Check(Quiet);
        Prop.ForAll<byte[]>(garbage => ReadWithinBounds(message, [.. ArrayHead(11), .. garbage])).Check(Quiet);
    }

    [Theory]
    [InlineData("DialRequest", "92" + "02" + "ddffffffff", "wire_limit")] // 2^32 - 1 addresses
    [InlineData("DialRequest", "92" + "02" + "dc0020", "wire_malformed")] // as many as are allowed, and then nothing
    [InlineData("DialRequest", "92" + "02" + "dc0021", "wire_limit")] // 33 addresses
    [InlineData("Goodbye", "92" + "dbffffffff", "wire_limit")] // a code of 4 GiB
    [InlineData("Goodbye", "92" + "d9ff41", "wire_malformed")] // 255 bytes claimed, one there
    [InlineData("Goodbye", "92" + "a2c328" + "a0", "wire_malformed")] // not UTF-8
    [InlineData("Goodbye", "92" + "a3eda080" + "a0", "wire_malformed")] // a surrogate in UTF-8
    [InlineData("Ping", "ddffffffff", "wire_limit")] // 2^32 - 1 fields
    [InlineData("Ping", "94" + "ff" + "00" + "c0" + "90", "wire_malformed")] // -1 for an unsigned number
    [InlineData("Ping", "94" + "cf0000000100000000" + "00" + "c0" + "90", "wire_malformed")] // 2^32 for a 32-bit number
    [InlineData("Ping", "94" + "01" + "cfffffffffffffffff" + "c0" + "90", "wire_malformed")] // 2^64 - 1 for a signed number
    [InlineData("Ping", "95" + "01" + "02" + "c0" + "90" + "9191919191919191919191919191919191919191c0", "wire_limit")] // nested 20 deep
    [InlineData("Ping", "95" + "01" + "02" + "c0" + "90" + "c1", "wire_malformed")] // the byte that MessagePack never uses
    [InlineData("Ping", "94" + "01" + "02" + "c0" + "dc0041", "wire_limit")] // 65 updates
    [InlineData("Gossip", "91" + "dd00001001", "wire_limit")] // 4097 updates
    [InlineData("Gossip", "91" + "91" + "9103", "wire_malformed")] // a kind of update that there is not
    [InlineData("Gossip", "91" + "91" + "93" + "00" + "c51401", "wire_limit")] // a record of 5121 bytes
    [InlineData("Gossip", "91" + "91" + "93" + "00" + "c401c0" + "c400", "wire_malformed")] // a record that is nil inside
    [InlineData("Gossip", "91" + "91" + "93" + "00" + "c401c0" + "c441", "wire_limit")] // a signature of 65 bytes
    [InlineData("TableSummary", "91" + "dd00001001", "wire_limit")] // 4097 members
    [InlineData("TableEntries", "92" + "90" + "dd00001001", "wire_limit")] // 4097 wanted
    [InlineData("LinkOpen", "91" + "03", "wire_malformed")] // both kinds
    [InlineData("OpenShard", "94" + "01" + "c420" + Zeros + "92" + "05" + "03" + "00", "wire_malformed")] // layers 5 to 3
    [InlineData("OpenShard", "94" + "01" + "c420" + Zeros + "92" + "00" + "cd0400" + "00", "wire_limit")] // layer 1024
    [InlineData("TokenAck", "93" + "c40f00112233445566778899aabbccddee" + "01" + "00", "wire_malformed")] // a key of 15 bytes
    [InlineData("Activations", "97" + Key + "01" + "00" + "cd0201" + "01" + "00" + "90", "wire_limit")] // 513 rows
    [InlineData("Activations", "97" + Key + "01" + "00" + "cd0200" + "cd2001" + "00" + "90", "wire_limit")] // a tensor above 16 MiB
    [InlineData("Activations", "97" + Key + "01" + "00" + "02" + "00" + "00" + "9101", "wire_malformed")] // two rows, one id
    [InlineData("Activations", "97" + Key + "01" + "00" + "01" + "04" + "00" + "9101", "wire_malformed")] // ids and a tensor
    [InlineData("Activations", "97" + Key + "01" + "00" + "00" + "00" + "00" + "90", "wire_malformed")] // no rows
    [InlineData("Activations", "97" + Key + "01" + "ce7fffffff" + "01" + "04" + "00" + "90", "wire_malformed")] // positions past 2^31 - 1
    public void Read_HostileBody_IsRefusedWithinBounds(string type, string hex, string code)
    {
        WireCase message = WireCases.All[Enum.Parse<MessageType>(type)];

        Assert.Equal(code, ReadWithinBounds(message, Convert.FromHexString(hex)));
    }

    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    private const string Key = "c41000112233445566778899aabbccddeeff";

    private static void ForAll(string type, Action<WireCase, byte[]> property)
    {
        WireCase message = WireCases.All[Enum.Parse<MessageType>(type)];
        Prop.ForAll<int>(seed => property(message, message.Generate(seed))).Check(Quiet.WithMaxTest(60));
    }

    /// <summary>Reads, and gives the code of the refusal or null; every other exception fails the test.</summary>
    private static string? ReadWithinBounds(WireCase message, byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string? code = null;
        try
        {
            message.Read(body);
        }
        catch (ToreException refused)
        {
            code = refused.Code;
            Assert.Contains(refused.Code, new[] { ErrorCodes.WireMalformed, ErrorCodes.WireLimit });
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationMax);
        return code;
    }

    private static int FieldCount(byte[] body, out int head)
    {
        head = body[0] == 0xdc ? 3 : 1;
        return body[0] == 0xdc ? (body[1] << 8) | body[2] : body[0] & 0x0f;
    }

    private static byte[] ArrayHead(int count)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(count);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
