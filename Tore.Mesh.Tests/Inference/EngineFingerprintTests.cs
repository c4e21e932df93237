using Tore.Mesh.Inference;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Inference;

public sealed class EngineFingerprintTests
{
    // Version 1 of the arithmetic. A change here is a change of results on some machine: it needs a new version.
    private const string Version1 = "arith-1:05b457ac7023c6e468fd8b898e5850e323c45ab6c7c7332c2ad7d923c72824f9";

    public static TheoryData<KernelSet> Sets => [.. KernelSets.Available];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Compute_EveryKernelSet_IsTheFingerprintOfTheVersion(KernelSet set) =>
        Assert.Equal(Version1, EngineFingerprint.Compute(set));

    [Fact]
    public void Current_ThisProcess_IsTheFingerprintOfTheVersion() => Assert.Equal(Version1, EngineFingerprint.Current);
}
