using System.Globalization;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Models.Synth;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models.Gguf;

/// <summary>What reading a file costs in memory: pages come when touched and go when released.</summary>
public sealed class GgufMemoryTests : IDisposable
{
    // Partial pages, and neighbours that the kernel maps along with a touched page.
    private const long Slack = 512 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public GgufMemoryTests()
    {
        _path = Path.Combine(_folder.FullPath, "model.gguf");
        SynthModel.Write(_path, new SynthOptions
        {
            Layers = 1,
            Width = 512,
            FeedForward = 1024,
            Heads = 8,
            KvHeads = 8,
            Vocabulary = 8_000,
            Type = TensorType.F16,
        });
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Release_AfterReadingATensor_TakesItsPagesOutOfTheProcess()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells the resident pages of one mapping (/proc/self/smaps)");
        using GgufFile file = GgufFile.Open(_path);
        Assert.True(file.TryGetTensor("token_embd.weight", out GgufTensor? tensor));
        int first = Touch(file, tensor);
        Assert.InRange(ResidentBytes(), tensor.Bytes, file.FileBytes + Slack);
        file.Release(tensor);
        Assert.InRange(ResidentBytes(), 0, tensor.Bytes / 2);
        Assert.Equal(first, Touch(file, tensor));
    }

    [Fact]
    public void Release_PartOfATensor_LeavesTheRest()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells the resident pages of one mapping (/proc/self/smaps)");
        using GgufFile file = GgufFile.Open(_path);
        Assert.True(file.TryGetTensor("token_embd.weight", out GgufTensor? tensor));
        Touch(file, tensor);
        long before = ResidentBytes();
        file.Release(tensor, 0, tensor.Bytes / 2);
        Assert.InRange(before - ResidentBytes(), (tensor.Bytes / 2) - Slack, (tensor.Bytes / 2) + Slack);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Release(tensor, 1, tensor.Bytes));
    }

    [Fact]
    public void Read_Tensor_MapsNoPages()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells the resident pages of one mapping (/proc/self/smaps)");
        using GgufFile file = GgufFile.Open(_path);
        Assert.True(file.TryGetTensor("token_embd.weight", out GgufTensor? tensor));
        long before = ResidentBytes();
        byte[] bytes = new byte[tensor.Bytes];
        file.Read(tensor, 0, bytes);
        Assert.InRange(ResidentBytes() - before, 0, Slack);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(tensor, 1, bytes));
    }

    [Fact]
    public unsafe void PointerTo_TensorBeyondFourGibibytes_ReachesIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a file with holes is only sure to take no room on Linux");
        const ulong Far = 5ul << 30;
        string path = Path.Combine(_folder.FullPath, "far.gguf");
        byte[] head = GgufBytes.Small().Tensor("far", 0, Far, 8).Build();
        using (FileStream output = File.Create(path))
        {
            output.Write(head);
            output.Position = head.Length - 256 + (long)Far;
            output.Write(new byte[31]);
            output.WriteByte(7);
        }
        using GgufFile file = GgufFile.Open(path);
        Assert.True(file.TryGetTensor("far", out GgufTensor? tensor));
        byte[] bytes = new byte[32];
        file.Read(tensor, 0, bytes);
        Assert.Equal((7, 7), (bytes[31], file.PointerTo(tensor)[31]));
    }

    [Fact]
    public unsafe void PointerTo_AfterDispose_Throws()
    {
        GgufFile file = GgufFile.Open(_path);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = file.PointerTo(file.Tensors[0]); });
        Assert.Throws<ObjectDisposedException>(() => file.Metadata.GetString("general.architecture"));
        Assert.Throws<ObjectDisposedException>(() => file.Read(file.Tensors[0], 0, new byte[1]));
    }

    private static unsafe int Touch(GgufFile file, GgufTensor tensor)
    {
        byte* bytes = file.PointerTo(tensor);
        int sum = 0;
        for (long at = 0; at < tensor.Bytes; at += 1024)
        {
            sum += bytes[at];
        }
        return sum;
    }

    /// <summary>Resident bytes of the mapping of the file, from the line <c>Rss:</c> that follows its address range.</summary>
    private long ResidentBytes()
    {
        long kibibytes = 0;
        bool ours = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            ours = line.EndsWith(_path, StringComparison.Ordinal) || (ours && !line.StartsWith("VmFlags:", StringComparison.Ordinal));
            if (ours && line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                kibibytes += long.Parse(line.AsSpan(4).Trim(" kB"), CultureInfo.InvariantCulture);
            }
        }
        return kibibytes * 1024;
    }
}
