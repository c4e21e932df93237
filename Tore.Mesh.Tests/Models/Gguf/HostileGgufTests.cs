using System.Text;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models.Gguf;

/// <summary>One attack a test: each must be refused with its code and a message that names the culprit, at no great cost.</summary>
public sealed class HostileGgufTests : IDisposable
{
    private const long AllocationLimit = 4 * 1024 * 1024;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_SmallHonestFile_Succeeds()
    {
        using GgufFile file = GgufFile.Open(Write(GgufBytes.Small().Build()));
        Assert.Equal("llama", file.Metadata.GetString("general.architecture"));
        Assert.Equal((8, 1, 32), (file.Tensors[0].Columns, file.Tensors[0].Rows, file.Tensors[0].Bytes));
    }

    [Fact]
    public void Open_EveryPrefixOfAFile_IsTruncated()
    {
        byte[] whole = GgufBytes.Small().Number("general.alignment", 64).Build();
        int needed = whole.Length - 256 + 32;
        for (int length = 0; length < needed; length++)
        {
            Refused(ErrorCodes.ModelTruncated, "model.gguf", whole[..length]);
        }
    }

    [Theory]
    [InlineData("GGML", "no GGUF file")]
    [InlineData("PK\u0003\u0004", "no GGUF file")]
    [InlineData("FUGG", "big-endian")]
    public void Open_ForeignMagic_SaysWhatItIs(string magic, string said) =>
        Refused(ErrorCodes.ModelMalformed, said, new GgufBytes { Magic = Encoding.ASCII.GetBytes(magic) }.Build());

    [Theory]
    [InlineData(1u, "version 1")]
    [InlineData(4u, "version 4")]
    [InlineData(0x03000000u, "big-endian")]
    [InlineData(0x02000000u, "big-endian")]
    public void Open_ForeignVersion_SaysWhichAreRead(uint version, string said) =>
        Refused(ErrorCodes.ModelMalformed, said, new GgufBytes { Version = version }.Build());

    [Theory]
    [InlineData(65_537ul)]
    [InlineData(1ul << 32)]
    [InlineData(1ul << 60)]
    [InlineData(1ul << 63)]
    [InlineData(ulong.MaxValue)]
    public void Open_AbsurdCounts_AreOverTheLimit(ulong count)
    {
        Refused(ErrorCodes.ModelLimit, $"{count} tensors", new GgufBytes { TensorCount = count }.Build());
        Refused(ErrorCodes.ModelLimit, $"{count} metadata entries", new GgufBytes { EntryCount = count }.Build());
        var longKey = new GgufBytes { EntryCount = 1, Alignment = 8, Data = [.. BitConverter.GetBytes(count), .. new byte[99]] };
        Refused(ErrorCodes.ModelLimit, $"{count} bytes of key", longKey.Build());
        Refused(
            ErrorCodes.ModelLimit,
            "'a'",
            new GgufBytes().Raw("a", GgufValueType.Array, GgufBytes.ArrayHead(GgufValueType.UInt8, Math.Max(count, 1ul << 32))).Build());
        Refused(
            ErrorCodes.ModelLimit,
            "'a'",
            new GgufBytes().Raw("a", GgufValueType.String, BitConverter.GetBytes(Math.Max(count, 1ul << 32))).Build());
    }

    [Fact]
    public void Open_CountsBeyondTheBytesLeft_AreRefusedBeforeAnyAllocation()
    {
        Refused(ErrorCodes.ModelTruncated, "65536 tensors", new GgufBytes { TensorCount = 65_536 }.Build());
        Refused(ErrorCodes.ModelTruncated, "65536 metadata entries", new GgufBytes { EntryCount = 65_536 }.Build());
        Refused(
            ErrorCodes.ModelTruncated,
            "4194304 array elements",
            new GgufBytes().Raw("a", GgufValueType.Array, GgufBytes.ArrayHead(GgufValueType.String, 4_194_304)).Build());
        Refused(
            ErrorCodes.ModelTruncated,
            "'a'",
            new GgufBytes().Raw("a", GgufValueType.String, BitConverter.GetBytes(4_000_000ul)).Build());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(24u)]
    [InlineData(33u)]
    [InlineData(131_072u)]
    [InlineData(0x80000000u)]
    [InlineData(0xffffffffu)]
    public void Open_BadAlignment_IsMalformed(uint alignment) =>
        Refused(
            ErrorCodes.ModelMalformed,
            $"'general.alignment' is {alignment}",
            GgufBytes.Small().Number("general.alignment", alignment).Build());

    [Fact]
    public void Open_AlignmentOfAnotherType_IsABadValue() =>
        Refused(ErrorCodes.ModelBadValue, "general.alignment", GgufBytes.Small().Text("general.alignment", "32").Build());

    [Fact]
    public void Open_ArraysNestedTooDeep_AreOverTheLimit()
    {
        byte[] level = GgufBytes.ArrayHead(GgufValueType.Array, 1);
        byte[][] nested = [.. Enumerable.Repeat(level, 5_000), GgufBytes.ArrayHead(GgufValueType.UInt8, 0)];
        Refused(ErrorCodes.ModelLimit, "nests arrays", GgufBytes.Small().Raw("deep", GgufValueType.Array, nested).Build());
    }

    [Fact]
    public void Open_ArrayWithinArray_OpensButIsNoArrayOfStrings()
    {
        byte[] inner = GgufBytes.ArrayHead(GgufValueType.String, 1);
        byte[][] nested = [GgufBytes.ArrayHead(GgufValueType.Array, 1), inner, GgufBytes.TextBytes("x")];
        using GgufFile file = GgufFile.Open(Write(GgufBytes.Small().Raw("deep", GgufValueType.Array, nested).Build()));
        ToreException error = Assert.Throws<ToreException>(() => file.Metadata.TryGetStrings("deep", out _));
        Assert.Equal(ErrorCodes.ModelBadValue, error.Code);
        Assert.Contains("'deep'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(13u)]
    [InlineData(0xffffffffu)]
    public void Open_UndefinedValueType_IsMalformed(uint type) =>
        Refused(ErrorCodes.ModelMalformed, $"value type {type}", GgufBytes.Small().Raw("a"u8.ToArray(), type, new byte[32]).Build());

    [Fact]
    public void Open_BooleanOfTwo_IsMalformed()
    {
        Refused(ErrorCodes.ModelMalformed, "boolean", GgufBytes.Small().Raw("a", GgufValueType.Bool, [2]).Build());
        Refused(
            ErrorCodes.ModelMalformed,
            "boolean",
            GgufBytes.Small().Raw("a", GgufValueType.Array, GgufBytes.ArrayHead(GgufValueType.Bool, 2), [1, 9]).Build());
    }

    [Fact]
    public void Open_DuplicateKey_IsMalformed() =>
        Refused(
            ErrorCodes.ModelMalformed,
            "'general.architecture' stands there twice",
            GgufBytes.Small().Text("general.architecture", "qwen2").Build());

    [Fact]
    public void Open_DuplicateTensor_IsMalformed() =>
        Refused(ErrorCodes.ModelMalformed, "'t' stands there twice", GgufBytes.Small().Tensor("t", 0, 32, 8).Build());

    [Fact]
    public void Open_NamesThatAreNotUtf8OrEmpty_AreMalformed()
    {
        Refused(ErrorCodes.ModelMalformed, "not UTF-8", GgufBytes.Small().Raw([0xff, 0xfe], 4, new byte[4]).Build());
        Refused(ErrorCodes.ModelMalformed, "empty key", GgufBytes.Small().Raw([], 4, new byte[4]).Build());
        Refused(ErrorCodes.ModelMalformed, "empty name", GgufBytes.Small().Tensor("", 0, 32, 8).Build());
    }

    [Fact]
    public void GetString_BytesThatAreNotUtf8_AreABadValueAndHarmNobodyElse()
    {
        byte[] text = [1, 0, 0, 0, 0, 0, 0, 0, 0xc3];
        using GgufFile file = GgufFile.Open(Write(GgufBytes.Small().Raw("x", GgufValueType.String, text).Build()));
        Assert.Equal(ErrorCodes.ModelBadValue, Assert.Throws<ToreException>(() => file.Metadata.GetString("x")).Code);
        Assert.Equal("llama", file.Metadata.GetString("general.architecture"));
    }

    [Fact]
    public void Open_KeyOrNameTooLong_IsOverTheLimit()
    {
        Refused(ErrorCodes.ModelLimit, "1025 bytes of key", GgufBytes.Small().Number(new string('k', 1025), 1).Build());
        Refused(ErrorCodes.ModelLimit, "257 bytes of name", GgufBytes.Small().Tensor(new string('n', 257), 0, 32, 8).Build());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(100)]
    public void Open_BadRank_IsMalformed(int rank) =>
        Refused(
            ErrorCodes.ModelMalformed,
            $"{rank} dimensions",
            GgufBytes.Small().Tensor("bad", 0, 32, [.. Enumerable.Repeat(1ul, rank)]).Build());

    [Fact]
    public void Open_AbsurdDimensions_AreRefused()
    {
        Refused(ErrorCodes.ModelMalformed, "dimension 1 of tensor 'bad' is 0", GgufBytes.Small().Tensor("bad", 0, 32, 8, 0).Build());
        Refused(ErrorCodes.ModelLimit, "'bad'", GgufBytes.Small().Tensor("bad", 0, 32, ulong.MaxValue).Build());
        Refused(ErrorCodes.ModelLimit, "'bad'", GgufBytes.Small().Tensor("bad", 0, 32, 1ul << 32, 1ul << 32).Build());
        Refused(
            ErrorCodes.ModelLimit,
            "'bad'",
            GgufBytes.Small().Tensor("bad", 99, 32, 1ul << 16, 1ul << 16, 1ul << 16, 1ul << 16).Build());
        Refused(ErrorCodes.ModelTruncated, "'bad'", GgufBytes.Small().Tensor("bad", 0, 32, 1ul << 40).Build());
    }

    [Fact]
    public void Open_RowsThatAreNoWholeBlocks_AreMalformed() =>
        Refused(ErrorCodes.ModelMalformed, "no multiple of 32", GgufBytes.Small().Tensor("bad", 2, 32, 33).Build());

    [Theory]
    [InlineData(256ul)]
    [InlineData(1ul << 40)]
    [InlineData(0x7fffffffffffffe0ul)]
    [InlineData(0xffffffffffffffe0ul)]
    public void Open_TensorOutsideTheFile_IsRefused(ulong offset)
    {
        ToreException error = Refused(null, "'bad'", GgufBytes.Small().Tensor("bad", 0, offset, 8).Build());
        Assert.Contains(error.Code, new[] { ErrorCodes.ModelTruncated, ErrorCodes.ModelMalformed });
    }

    [Fact]
    public void Open_TensorOfUnknownTypeOutsideTheFile_IsTruncated() =>
        Refused(ErrorCodes.ModelTruncated, "'bad'", GgufBytes.Small().Tensor("bad", 99, 4096, 8).Build());

    [Fact]
    public void Open_MisalignedTensor_IsMalformed() =>
        Refused(ErrorCodes.ModelMalformed, "alignment", GgufBytes.Small().Tensor("bad", 0, 36, 8).Build());

    [Fact]
    public void Open_OverlappingTensors_AreMalformed()
    {
        Refused(ErrorCodes.ModelMalformed, "overlap", GgufBytes.Small().Tensor("u", 0, 0, 8).Build());
        Refused(ErrorCodes.ModelMalformed, "overlap", new GgufBytes().Tensor("a", 0, 32, 8).Tensor("b", 0, 0, 9).Build());
        Refused(ErrorCodes.ModelMalformed, "overlap", new GgufBytes().Tensor("a", 99, 32, 8).Tensor("b", 99, 32, 8).Build());
    }

    [Fact]
    public void Open_UnknownTensorType_OpensAndIsRefusedOnlyWhenUsed()
    {
        using GgufFile file = GgufFile.Open(Write(GgufBytes.Small().Tensor("u", 99, 32, 7).Build()));
        Assert.True(file.TryGetTensor("u", out GgufTensor? tensor));
        Assert.Equal((99, -1L, "type 99", false), (tensor.RawType, tensor.Bytes, tensor.TypeName, tensor.HasKnownType));
        ToreException error = Assert.Throws<ToreException>(() => tensor.Type);
        Assert.Equal(ErrorCodes.UnknownTensorType, error.Code);
    }

    [Fact]
    public void TryGet_WrongType_IsABadValueThatNamesKeyAndType()
    {
        using GgufFile file = GgufFile.Open(Write(
            GgufBytes.Small().Number("n", 7).Raw("big", GgufValueType.UInt64, BitConverter.GetBytes(ulong.MaxValue))
                .Raw("nan", GgufValueType.Float32, BitConverter.GetBytes(float.NaN)).Raw("minus", GgufValueType.Int8, [0xff]).Build()));
        GgufMetadata metadata = file.Metadata;
        Assert.Equal(7u, metadata.GetUInt32("n"));
        foreach (Action read in new Action[]
        {
            () => metadata.GetString("n"), () => metadata.GetString("absent"), () => metadata.GetFloat("n"), () => metadata.GetFloat("nan"),
            () => metadata.GetBool("n", false), () => metadata.TryGetStrings("n", out _), () => metadata.TryGetFloats("n", out _),
            () => metadata.TryGetInt32s("n", out _), () => metadata.TryGetInteger("general.architecture", out _),
            () => metadata.TryGetInteger("big", out _), () => metadata.GetUInt32("minus"),
        })
        {
            ToreException error = Assert.Throws<ToreException>(read);
            Assert.Equal(ErrorCodes.ModelBadValue, error.Code);
            Assert.Contains("metadata key", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_MissingFolderOrEmptyFile_IsAClearError()
    {
        string absent = Path.Combine(_folder.FullPath, "no.gguf");
        Assert.Equal(ErrorCodes.ModelNotFound, Assert.Throws<ToreException>(() => GgufFile.Open(absent)).Code);
        Assert.Equal(ErrorCodes.ModelNotFound, Assert.Throws<ToreException>(() => GgufFile.Open(_folder.FullPath)).Code);
        Refused(ErrorCodes.ModelTruncated, "empty", []);
    }

    [Fact]
    public void Open_Device_IsRefusedWithoutWaiting()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "this platform has no /dev/zero");
        Assert.Equal(ErrorCodes.ModelTruncated, Assert.Throws<ToreException>(() => GgufFile.Open("/dev/zero")).Code);
    }

    private string Write(byte[] bytes)
    {
        string path = Path.Combine(_folder.FullPath, "model.gguf");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private ToreException Refused(string? code, string said, byte[] bytes)
    {
        string path = Write(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ToreException error = Assert.Throws<ToreException>(() => GgufFile.Open(path).Dispose());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationLimit);
        Assert.Equal(code ?? error.Code, error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        return error;
    }
}
