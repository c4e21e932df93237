using Tore.Mesh.Inference;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Inference;

public sealed unsafe class KvCacheTests
{
    [Fact]
    public void Open_AllSlotsAtFullContext_GivesDisjointPages()
    {
        using var cache = new KvCache(layers: 3, kvHeads: 2, headDim: 8, contextLength: 130, slots: 2);
        KvSequence first = cache.Open(130), second = cache.Open(130);
        HashSet<nint> pages = [];
        foreach (KvSequence sequence in new[] { first, second })
        {
            for (int layer = 0; layer < 3; layer++)
            {
                for (int page = 0; page < 3; page++)
                {
                    pages.Add((nint)sequence.PagesOf(layer)[page]);
                }
            }
        }
        Assert.Equal(18, pages.Count);
        Assert.Equal(0, cache.FreePages);
    }

    [Fact]
    public void Open_NoSlotLeft_IsBusyUntilOneIsFreed()
    {
        using var cache = new KvCache(layers: 2, kvHeads: 1, headDim: 8, contextLength: 64, slots: 1);
        KvSequence held = cache.Open(1);
        Assert.Equal(ErrorCodes.Busy, Assert.Throws<ToreException>(() => cache.Open(1)).Code);
        held.Dispose();
        held.Dispose();
        using KvSequence next = cache.Open(64);
        Assert.Equal(ErrorCodes.Busy, Assert.Throws<ToreException>(() => cache.Open(1)).Code);
    }

    [Fact]
    public void Open_MoreThanTheContext_IsRefusedWithBothNumbers()
    {
        using var cache = new KvCache(layers: 1, kvHeads: 1, headDim: 8, contextLength: 64, slots: 1);
        var error = Assert.Throws<ToreException>(() => cache.Open(65));
        Assert.Equal(ErrorCodes.ContextLengthExceeded, error.Code);
        Assert.Contains("65", error.Message, StringComparison.Ordinal);
        Assert.Contains("64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_ManySequencesInTurn_ReturnsEveryPage()
    {
        using var cache = new KvCache(layers: 2, kvHeads: 1, headDim: 8, contextLength: 200, slots: 3);
        int all = cache.FreePages;
        for (int i = 1; i < 50; i++)
        {
            using KvSequence a = cache.Open((i * 37 % 200) + 1), b = cache.Open((i * 53 % 200) + 1);
            Assert.True(cache.FreePages < all);
        }
        Assert.Equal(all, cache.FreePages);
    }
}
