using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

/// <summary>The codec against the MessagePack specification: every form at both ends of its range.</summary>
public sealed class MessagePackTests
{
    private delegate void Writing(ref MessagePackWriter writer);

    [Theory]
    [InlineData(0L, "00")]
    [InlineData(127L, "7f")]
    [InlineData(128L, "cc80")]
    [InlineData(255L, "ccff")]
    [InlineData(256L, "cd0100")]
    [InlineData(65535L, "cdffff")]
    [InlineData(65536L, "ce00010000")]
    [InlineData(4294967295L, "ceffffffff")]
    [InlineData(4294967296L, "cf0000000100000000")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1L, "ff")]
    [InlineData(-32L, "e0")]
    [InlineData(-33L, "d0df")]
    [InlineData(-128L, "d080")]
    [InlineData(-129L, "d1ff7f")]
    [InlineData(-32768L, "d18000")]
    [InlineData(-32769L, "d2ffff7fff")]
    [InlineData(-2147483648L, "d280000000")]
    [InlineData(-2147483649L, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void Int64_Edges_TakeTheShortestForm(long value, string hex)
    {
        AssertWrites(hex, (ref MessagePackWriter w) => w.Write(value));
        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.True(reader.TryRead(out long read));
        Assert.Equal(value, read);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("d000", 0L)]
    [InlineData("cc05", 5L)]
    [InlineData("cd0005", 5L)]
    [InlineData("ce00000005", 5L)]
    [InlineData("cf0000000000000005", 5L)]
    [InlineData("d17fff", 32767L)]
    [InlineData("d200000005", 5L)]
    [InlineData("d3ffffffffffffffff", -1L)]
    public void Int64_LongerForms_AreRead(string hex, long expected)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.True(reader.TryRead(out long read));
        Assert.Equal(expected, read);
    }

    [Fact]
    public void UInt64_Largest_IsKept()
    {
        AssertWrites("cfffffffffffffffff", (ref MessagePackWriter w) => w.Write(ulong.MaxValue));
        var reader = new MessagePackReader(Convert.FromHexString("cfffffffffffffffff"));
        Assert.True(reader.TryRead(out ulong read));
        Assert.Equal(ulong.MaxValue, read);
    }

    [Theory]
    [InlineData(1.0f, "ca3f800000")]
    [InlineData(-0.0f, "ca80000000")]
    [InlineData(float.PositiveInfinity, "ca7f800000")]
    public void Single_EveryBit_IsKept(float value, string hex)
    {
        AssertWrites(hex, (ref MessagePackWriter w) => w.Write(value));
        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.True(reader.TryRead(out float read));
        Assert.Equal(BitConverter.SingleToInt32Bits(value), BitConverter.SingleToInt32Bits(read));
    }

    [Fact]
    public void Single_NaN_KeepsItsPayload()
    {
        float value = BitConverter.Int32BitsToSingle(0x7fc12345);
        AssertWrites("ca7fc12345", (ref MessagePackWriter w) => w.Write(value));
    }

    [Fact]
    public void Double_Value_IsFloat64()
    {
        AssertWrites("cb3ff8000000000000", (ref MessagePackWriter w) => w.Write(1.5));
        var reader = new MessagePackReader(Convert.FromHexString("cb3ff8000000000000"));
        Assert.True(reader.TryRead(out double read));
        Assert.Equal(1.5, read);
    }

    [Fact]
    public void BoolAndNil_AreOneByte()
    {
        AssertWrites("c3c2c0", (ref MessagePackWriter w) =>
        {
            w.Write(true);
            w.Write(false);
            w.WriteNil();
        });
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65535, "daffff")]
    [InlineData(65536, "db00010000")]
    public void String_Lengths_TakeTheShortestHead(int length, string head)
    {
        string text = new('x', length);
        byte[] written = Written((ref MessagePackWriter w) => w.Write(text));
        Assert.Equal(head, Convert.ToHexStringLower(written.AsSpan(0, head.Length / 2)));
        Assert.Equal((head.Length / 2) + length, written.Length);

        var reader = new MessagePackReader(written);
        Assert.True(reader.TryRead(length, out string read));
        Assert.Equal(text, read);
        var limited = new MessagePackReader(written);
        Assert.Equal(length == 0, limited.TryRead(length - 1 < 0 ? 0 : length - 1, out string _));
        Assert.Equal(length == 0 ? WireFailure.None : WireFailure.Limit, limited.Failure);
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65536, "c600010000")]
    public void Binary_Lengths_TakeTheShortestHead(int length, string head)
    {
        byte[] data = new byte[length];
        byte[] written = Written((ref MessagePackWriter w) => w.WriteBinary(data));
        Assert.Equal(head, Convert.ToHexStringLower(written.AsSpan(0, head.Length / 2)));

        var reader = new MessagePackReader(written);
        Assert.True(reader.TryReadBinary(length, out ReadOnlySpan<byte> read));
        Assert.Equal(length, read.Length);
    }

    [Theory]
    [InlineData(0, "90")]
    [InlineData(15, "9f")]
    [InlineData(16, "dc0010")]
    [InlineData(65535, "dcffff")]
    [InlineData(65536, "dd00010000")]
    public void ArrayHeader_Counts_TakeTheShortestForm(int count, string hex)
    {
        AssertWrites(hex, (ref MessagePackWriter w) => w.WriteArrayHeader(count));
        var reader = new MessagePackReader([.. Convert.FromHexString(hex), .. new byte[count]]);
        Assert.True(reader.TryReadArrayHeader(count, out int read));
        Assert.Equal(count, read);
    }

    [Fact]
    public void Write_ManyValues_CrossTheBuffersEnds()
    {
        // A writer that hands out the least it may, so that nearly every value needs a new span.
        var output = new StingyBuffer();
        var writer = new MessagePackWriter(output);
        for (int i = 0; i < 1000; i++)
        {
            writer.Write((long)i * i * i);
            writer.Write("abc");
        }
        writer.Flush();

        var reader = new MessagePackReader(output.Written.ToArray());
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(reader.TryRead(out long number) && reader.TryRead(3, out string _));
            Assert.Equal((long)i * i * i, number);
        }
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("c0")]
    [InlineData("c3")]
    [InlineData("7f")]
    [InlineData("e0")]
    [InlineData("cc01")]
    [InlineData("cd0001")]
    [InlineData("ce00000001")]
    [InlineData("cf0000000000000001")]
    [InlineData("d001")]
    [InlineData("d10001")]
    [InlineData("d200000001")]
    [InlineData("d30000000000000001")]
    [InlineData("ca00000000")]
    [InlineData("cb0000000000000000")]
    [InlineData("a161")]
    [InlineData("d90161")]
    [InlineData("da000161")]
    [InlineData("db0000000161")]
    [InlineData("c40161")]
    [InlineData("c5000161")]
    [InlineData("c60000000161")]
    [InlineData("d40100")]
    [InlineData("d5010000")]
    [InlineData("d60100000000")]
    [InlineData("d7010000000000000000")]
    [InlineData("d80100000000000000000000000000000000")]
    [InlineData("c7010161")]
    [InlineData("c800010161")]
    [InlineData("c9000000010161")]
    [InlineData("92c0c0")]
    [InlineData("dc0002c0c0")]
    [InlineData("dd00000002c0c0")]
    [InlineData("81a16101")]
    [InlineData("de0001a16101")]
    [InlineData("df00000001a16101")]
    public void Skip_EveryForm_EndsBehindIt(string hex)
    {
        byte[] data = Convert.FromHexString(hex);
        var reader = new MessagePackReader([.. data, 0x2a]);
        Assert.True(reader.TrySkip(1));
        Assert.Equal(data.Length, reader.Consumed);

        for (int length = 0; length < data.Length; length++)
        {
            var truncated = new MessagePackReader(data.AsSpan(0, length));
            Assert.False(truncated.TrySkip(1));
            Assert.Equal(WireFailure.Malformed, truncated.Failure);
        }
    }

    private static void AssertWrites(string hex, Writing write) => Assert.Equal(hex, Convert.ToHexStringLower(Written(write)));

    private static byte[] Written(Writing write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private sealed class StingyBuffer : IBufferWriter<byte>
    {
        private byte[] _given = [];

        public List<byte> Written { get; } = [];

        public void Advance(int count) => Written.AddRange(_given.AsSpan(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0) => _given = new byte[Math.Max(1, sizeHint)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
