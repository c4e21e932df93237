using System.Buffers.Binary;
using System.Globalization;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models.Gguf;

/// <summary>
/// Damages a real file in thousands of seeded ways: each result opens or is a <see cref="ToreException"/>, within bounded
/// memory. <c>TORE_FUZZ_CASES</c> asks for more cases than a test run has time for, <c>TORE_FUZZ_SEED</c> for others.
/// </summary>
public sealed class GgufMutationTests : IDisposable
{
    private const int UsualCases = 3_000;
    private const long AllocationLimit = 32 * 1024 * 1024;

    // Numbers that parsers stumble over.
    private static readonly ulong[] Nasty =
    [
        0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 1ul << 40, 1ul << 48,
        0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffe0, ulong.MaxValue,
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_DamagedFile_OpensOrIsRefusedAndNothingElse()
    {
        int cases = Setting("TORE_FUZZ_CASES", UsualCases);
        int seed = Setting("TORE_FUZZ_SEED", 1);
        byte[] original = SmallModel();
        int head = HeadBytes(original);
        string path = Path.Combine(_folder.FullPath, "damaged.gguf");
        int refused = 0;
        for (int i = 0; i < cases; i++)
        {
            byte[] damaged = Damage(original, head, new Random(HashCode(seed, i)));
            File.WriteAllBytes(path, damaged);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                refused += ReadEverything(path) ? 0 : 1;
            }
            catch (Exception bug)
            {
                Assert.Fail($"case {i} of seed {seed} ended in {bug}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < AllocationLimit, $"case {i} of seed {seed} allocated {allocated} bytes");
        }
        // The damage is real, and not so great that nothing but the magic is ever read.
        Assert.InRange(refused, cases / 4, cases - 1);
    }

    private static int HashCode(int seed, int i) => unchecked((seed * 486187739) + i);

    private static int Setting(string name, int usual)
    {
        string? asked = Environment.GetEnvironmentVariable(name);
        return int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : usual;
    }

    /// <summary>A real file cut down to its first layer: small enough to write thousands of times.</summary>
    private byte[] SmallModel()
    {
        using GgufFile whole = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        var writer = new GgufWriter();
        const string LayerCount = "llama.block_count";
        writer.Add(LayerCount, 1u);
        foreach (string key in whole.Metadata.Keys.Where(key => key != LayerCount))
        {
            ReadOnlySpan<byte> stored = whole.Metadata.StoredValue(key, out GgufValueType type);
            writer.AddStored(key, type, stored);
        }
        foreach (GgufTensor tensor in whole.Tensors.Where(tensor => !tensor.Name.StartsWith("blk.", StringComparison.Ordinal)
            || tensor.Name.StartsWith("blk.0.", StringComparison.Ordinal)))
        {
            writer.AddTensor(whole, tensor);
        }
        string path = Path.Combine(_folder.FullPath, "small.gguf");
        writer.Write(path);
        return File.ReadAllBytes(path);
    }

    private int HeadBytes(byte[] model)
    {
        string path = Path.Combine(_folder.FullPath, "small.gguf");
        using GgufFile file = GgufFile.Open(path);
        return Math.Min(model.Length, (int)file.Tensors.Min(tensor => tensor.Offset));
    }

    private static byte[] Damage(byte[] original, int head, Random random)
    {
        byte[] bytes = (byte[])original.Clone();
        for (int wounds = random.Next(1, 4); wounds > 0; wounds--)
        {
            int at = random.Next(head);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Math.Min(at, head - 8)), (uint)Nasty[random.Next(Nasty.Length)]);
                    break;
                case 3:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Math.Min(at, head - 8)), Nasty[random.Next(Nasty.Length)]);
                    break;
                case 4:
                    int length = random.Next(1, Math.Min(64, head - at) + 1);
                    bytes.AsSpan(random.Next(head - length), length).CopyTo(bytes.AsSpan(at));
                    break;
                default:
                    // Shorter by a few bytes somewhere in the head, or cut off at the end.
                    int gone = random.Next(1, 40);
                    bytes = random.Next(4) == 0
                        ? bytes[..random.Next(bytes.Length)]
                        : [.. bytes.AsSpan(0, at), .. bytes.AsSpan(Math.Min(at + gone, bytes.Length))];
                    head = Math.Min(head, bytes.Length);
                    break;
            }
            if (head < 16)
            {
                break;
            }
        }
        return bytes;
    }

    /// <summary>Does with the file all that the product does; false when it was refused somewhere.</summary>
    private static bool ReadEverything(string path)
    {
        try
        {
            using GgufFile file = GgufFile.Open(path);
            foreach (string key in file.Metadata.Keys)
            {
                ReadValue(file.Metadata, key);
            }
            foreach (GgufTensor tensor in file.Tensors.Where(tensor => tensor.Bytes > 0))
            {
                file.Read(tensor, tensor.Bytes - 1, new byte[1]);
            }
            return ModelReport.Read(file).Supported;
        }
        catch (ToreException)
        {
            return false;
        }
    }

    private static void ReadValue(GgufMetadata metadata, string key)
    {
        switch (metadata.TypeOf(key), metadata.ElementTypeOf(key))
        {
            case (GgufValueType.String, _):
                metadata.GetString(key);
                break;
            case (GgufValueType.Bool, _):
                metadata.GetBool(key, false);
                break;
            case (GgufValueType.Float32 or GgufValueType.Float64, _):
                metadata.GetFloat(key);
                break;
            case (GgufValueType.Array, GgufValueType.String):
                Assert.True(metadata.TryGetStrings(key, out GgufStringArray? strings));
                for (int i = 0; i < strings.Count; i++)
                {
                    _ = strings[i].Length;
                }
                break;
            case (GgufValueType.Array, GgufValueType.Float32):
                metadata.TryGetFloats(key, out _);
                break;
            case (GgufValueType.Array, GgufValueType.Int32):
                metadata.TryGetInt32s(key, out _);
                break;
            case (GgufValueType.Array, _):
                break;
            default:
                metadata.TryGetInteger(key, out _);
                break;
        }
    }
}
