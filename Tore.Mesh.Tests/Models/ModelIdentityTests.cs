using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Models.Gguf;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models;

public sealed class ModelIdentityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ComputeAsync_SplitRenamedAndRelabelled_IsTheSameModel()
    {
        using GgufFile whole = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        Digest identity = await ModelIdentity.ComputeAsync(whole);
        foreach (int parts in new[] { 1, 3 })
        {
            static void Relabel(GgufWriter writer, int part) => writer.Add("general.label", "other");
            using GgufFile split = GgufFile.Open(SplitModel.Write(whole, _folder.FullPath, "renamed", parts, Relabel)[0]);
            Assert.Equal(identity, await ModelIdentity.ComputeAsync(split, threads: 1));
        }
    }

    [Fact]
    public async Task ComputeAsync_SmallFile_IsTheDefinedBytes()
    {
        string path = Write(GgufBytes.Small().Text("general.name", "x").Number("llama.block_count", 3).Number("llamas.n", 1));
        using GgufFile file = GgufFile.Open(path);
        byte[] expected =
        [
            .. "tore model manifest 1\n"u8, .. U32(2),
            .. U32(20), .. "general.architecture"u8, .. U32(8), .. Sha([.. U64(5), .. "llama"u8]),
            .. U32(17), .. "llama.block_count"u8, .. U32(4), .. Sha(U32(3)),
            .. U32(1), .. U32(1), .. "t"u8, .. U32(0), .. U32(1), .. U64(8), .. Sha(new byte[32]),
        ];
        ModelManifest manifest = await ModelIdentity.ManifestAsync(file);
        Assert.Equal(expected, manifest.ToBytes());
        Assert.Equal(Digest.Of(expected), await ModelIdentity.ComputeAsync(file));
    }

    [Fact]
    public async Task ComputeAsync_OneBitOfAnything_ChangesTheIdentity()
    {
        var seen = new HashSet<Digest>();
        byte[] weights = new byte[256];
        weights[31] = 1;
        foreach (GgufBytes model in new[]
        {
            GgufBytes.Small(),
            new GgufBytes { Data = weights }.Text("general.architecture", "llama").Tensor("t", 0, 0, 8),
            new GgufBytes().Text("general.architecture", "llama").Tensor("t", 0, 0, 4, 2),
            new GgufBytes().Text("general.architecture", "llama").Tensor("u", 0, 0, 8),
            new GgufBytes().Text("general.architecture", "llama").Tensor("t", 1, 0, 16),
            new GgufBytes().Text("general.architecture", "qwen2").Tensor("t", 0, 0, 8),
            GgufBytes.Small().Text("tokenizer.chat_template", "{{ x }}"),
            GgufBytes.Small().Number("llama.context_length", 1),
            GgufBytes.Small().Number("llama.context_length", 2),
        })
        {
            using GgufFile file = GgufFile.Open(Write(model));
            Assert.True(seen.Add(await ModelIdentity.ComputeAsync(file)));
        }
    }

    [Fact]
    public async Task ComputeAsync_Progress_EndsAtTheTotal()
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        var reports = new Recorder();
        await ModelIdentity.ComputeAsync(file, progress: reports);
        long total = file.Tensors.Sum(tensor => tensor.Bytes);
        Assert.All(reports.Seen, report => Assert.Equal(total, report.TotalBytes));
        Assert.Equal(total, reports.Seen.Max(report => report.DoneBytes));
    }

    [Fact]
    public async Task ComputeAsync_Cancelled_Ends()
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        using var cancel = new CancellationTokenSource();
        var reports = new Recorder { OnReport = cancel.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ModelIdentity.ComputeAsync(file, null, reports, 1, cancel.Token));
        Assert.Single(reports.Seen);
    }

    [Fact]
    public async Task ComputeAsync_TensorOfUnknownSize_IsRefused()
    {
        using GgufFile file = GgufFile.Open(Write(GgufBytes.Small().Tensor("u", 99, 32, 7)));
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => ModelIdentity.ComputeAsync(file));
        Assert.Equal(ErrorCodes.UnknownTensorType, error.Code);
    }

    [Fact]
    public async Task ComputeAsync_FileCutShortMeanwhile_IsAnErrorAndNoCrash()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps a mapped file from being cut short");
        string path = Path.Combine(_folder.FullPath, "model.gguf");
        File.WriteAllBytes(path, File.ReadAllBytes(SharedFiles.Require("models/stories.gguf")));
        using GgufFile file = GgufFile.Open(path);
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(1_000_000);
        }
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => ModelIdentity.ComputeAsync(file));
        Assert.Equal(ErrorCodes.ModelTruncated, error.Code);
    }

    private static byte[] U32(uint value) => BitConverter.GetBytes(value);

    private static byte[] U64(ulong value) => BitConverter.GetBytes(value);

    private static byte[] Sha(byte[] data)
    {
        byte[] digest = new byte[Digest.Size];
        Digest.Of(data).CopyTo(digest);
        return digest;
    }

    private string Write(GgufBytes model)
    {
        string path = Path.Combine(_folder.FullPath, "model.gguf");
        File.WriteAllBytes(path, model.Build());
        return path;
    }

    private sealed class Recorder : IProgress<ModelIdentityProgress>
    {
        private readonly Lock _gate = new();

        public List<ModelIdentityProgress> Seen { get; } = [];

        public Action? OnReport { get; init; }

        public void Report(ModelIdentityProgress value)
        {
            lock (_gate)
            {
                Seen.Add(value);
            }
            OnReport?.Invoke();
        }
    }
}
