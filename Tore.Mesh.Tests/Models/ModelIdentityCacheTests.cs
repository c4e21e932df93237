using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Models.Gguf;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models;

public sealed class ModelIdentityCacheTests : IDisposable
{
    private static readonly Digest Planted = Digest.Of("planted"u8);

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _cache;

    public ModelIdentityCacheTests()
    {
        _model = Path.Combine(_folder.FullPath, "model.gguf");
        _cache = Path.Combine(_folder.FullPath, "identities.json");
        File.WriteAllBytes(_model, GgufBytes.Small().Build());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ComputeAsync_KnownFile_TakesTheCachesWord()
    {
        using GgufFile file = GgufFile.Open(_model);
        new ModelIdentityCache(_cache).Put(file, Planted);
        Assert.Equal(Planted, await ModelIdentity.ComputeAsync(file, new ModelIdentityCache(_cache)));
    }

    [Fact]
    public async Task ComputeAsync_NewFile_IsRemembered()
    {
        using GgufFile file = GgufFile.Open(_model);
        Digest digest = await ModelIdentity.ComputeAsync(file, new ModelIdentityCache(_cache));
        Assert.True(new ModelIdentityCache(_cache).TryGet(file, out Digest remembered));
        Assert.Equal(digest, remembered);
        Assert.Equal([_cache, _model], Directory.GetFiles(_folder.FullPath).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TryGet_OtherTimeOrSizeOrPath_IsAnotherFile()
    {
        var cache = new ModelIdentityCache(_cache);
        Remember(cache);
        string moved = _model + "2";
        File.Copy(_model, moved);
        using (GgufFile file = GgufFile.Open(moved))
        {
            Assert.False(cache.TryGet(file, out _));
        }
        File.SetLastWriteTimeUtc(_model, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using (GgufFile file = GgufFile.Open(_model))
        {
            Assert.False(cache.TryGet(file, out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"format\":\"x\"}")]
    [InlineData("{\"format\":2,\"entries\":[]}")]
    [InlineData("{\"format\":1,\"entries\":[{}]}")]
    [InlineData("{\"format\":1,\"entries\":[{\"files\":1,\"digest\":2}]}")]
    [InlineData("{\"format\":1,\"entries\":{}}")]
    public void TryGet_DamagedCache_IsEmptyAndMendsItself(string damaged)
    {
        File.WriteAllText(_cache, damaged);
        var cache = new ModelIdentityCache(_cache);
        using (GgufFile file = GgufFile.Open(_model))
        {
            Assert.False(cache.TryGet(file, out _));
        }
        Remember(cache);
    }

    [Fact]
    public void Put_FolderMissing_IsNoError()
    {
        using GgufFile file = GgufFile.Open(_model);
        var cache = new ModelIdentityCache(Path.Combine(_folder.FullPath, "no", "cache.json"));
        cache.Put(file, Planted);
        Assert.False(cache.TryGet(file, out _));
    }

    [Fact]
    public void Put_MoreThanTheLimit_ForgetsTheOldest()
    {
        var cache = new ModelIdentityCache(_cache);
        using GgufFile first = GgufFile.Open(_model);
        cache.Put(first, Planted);
        for (int i = 0; i < Limits.IdentityCacheEntries; i++)
        {
            File.SetLastWriteTimeUtc(_model, new DateTime(2020, 1, 1, 0, 0, i % 60, i / 60, DateTimeKind.Utc));
            using GgufFile next = GgufFile.Open(_model);
            cache.Put(next, Planted);
        }
        Assert.False(cache.TryGet(first, out _));
        using GgufFile last = GgufFile.Open(_model);
        Assert.True(cache.TryGet(last, out _));
    }

    private void Remember(ModelIdentityCache cache)
    {
        using GgufFile file = GgufFile.Open(_model);
        cache.Put(file, Planted);
        Assert.True(cache.TryGet(file, out Digest digest));
        Assert.Equal(Planted, digest);
    }
}
