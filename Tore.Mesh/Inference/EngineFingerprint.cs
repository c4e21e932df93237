using System.Security.Cryptography;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference;

/// <summary>
/// What tells whether two engines give the same bits: the version of the arithmetic and a hash over the results of a fixed list of cases,
/// computed with the kernels that run here (docs/arithmetic.md, Fingerprint).
/// </summary>
public static class EngineFingerprint
{
    /// <summary>Version of docs/arithmetic.md.</summary>
    public const int ArithmeticVersion = 1;

    private static readonly Lazy<string> Once = new(() => Compute(KernelSets.Current));

    /// <summary>
    /// The fingerprint of the kernels that this process uses; computed once. The work takes some 7 ms; the first call also compiles
    /// the kernels of every type, which takes about a tenth of a second, so ask for it where nobody waits.
    /// </summary>
    public static string Current => Once.Value;

    /// <summary>The fingerprint of one kernel set that this machine can run: <c>arith-1:</c> and 64 hex digits.</summary>
    public static string Compute(KernelSet set)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        new FingerprintCases(hash, set).Run();
        return $"arith-{ArithmeticVersion}:{new Digest(hash.GetHashAndReset()).ToHex()}";
    }
}
