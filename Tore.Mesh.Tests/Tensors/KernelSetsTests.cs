using System.Runtime.Intrinsics.X86;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors;

public sealed class KernelSetsTests
{
    [Fact]
    public void Available_Here_EndsWithThePortableOneAndBeginsWithTheCurrentOne()
    {
        KernelSet[] sets = KernelSets.Available.ToArray();
        Assert.Equal(KernelSets.Current, sets[0]);
        Assert.Equal(KernelSet.Portable, sets[^1]);
        Assert.Equal(sets.Length, sets.Distinct().Count());
        Assert.Equal(Avx2.IsSupported, sets.Contains(KernelSet.Avx2));
    }

    [Theory]
    [InlineData(KernelSet.Avx512Vnni, "avx512-vnni")]
    [InlineData(KernelSet.Avx512, "avx512")]
    [InlineData(KernelSet.Avx2Vnni, "avx2-vnni")]
    [InlineData(KernelSet.Avx2, "avx2")]
    [InlineData(KernelSet.Neon, "neon")]
    [InlineData(KernelSet.Portable, "portable")]
    public void NameOf_EverySet_IsItsPublishedName(KernelSet set, string name) => Assert.Equal(name, KernelSets.NameOf(set));
}
