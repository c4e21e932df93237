using System.Runtime.Intrinsics;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>
/// Sixteen f32 lanes in the registers of one instruction set: one of 512 bits, two of 256 or four of 128. A kernel written over it once has
/// the same operations, lane by lane, on every machine, so the same bits.
/// </summary>
/// <typeparam name="T">The implementing struct.</typeparam>
internal unsafe interface ILanes<T>
    where T : struct, ILanes<T>
{
    /// <summary>Whether tiles of sixteen such values stay in registers.</summary>
    static abstract bool IsWide { get; }

    /// <summary>Sixteen floats from memory, on any boundary.</summary>
    static abstract T Load(float* source);

    /// <summary>The same value in each lane.</summary>
    static abstract T All(float value);

    /// <summary>The one float at an address in each lane.</summary>
    static abstract T AllOf(float* source);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract T Fma(T a, T b, T c);

    /// <summary>a where a &gt; b, else b.</summary>
    static abstract T Max(T a, T b);

    /// <summary>whenTrue in the lanes where a &lt; b, else whenFalse.</summary>
    static abstract T SelectLess(T a, T b, T whenTrue, T whenFalse);

    /// <summary>whenNumber in the lanes where x is a number, else whenNaN.</summary>
    static abstract T SelectNumber(T x, T whenNumber, T whenNaN);

    /// <summary>The bits of p plus the bits of t shifted left by 23: p * 2^n where n stands in the low bits of t.</summary>
    static abstract T AddExponent(T p, T t);

    /// <summary>Splits 32 floats into those of even and odd index.</summary>
    static abstract (T Even, T Odd) Unzip(T first, T second);

    /// <summary>Undoes <see cref="Unzip"/>.</summary>
    static abstract (T First, T Second) Zip(T even, T odd);

    /// <summary>The sum of the lanes by the tree +8, +4, +2, +1.</summary>
    static abstract float Tree(T lanes);

    /// <summary>Four trees at once.</summary>
    static abstract Vector128<float> Trees(T a, T b, T c, T d);

    /// <summary>Whether no lane is NaN or Inf.</summary>
    static abstract bool IsFinite(T lanes);

    static abstract T operator +(T a, T b);
    static abstract T operator -(T a, T b);
    static abstract T operator -(T a);
    static abstract T operator *(T a, T b);
    static abstract T operator /(T a, T b);

    /// <summary>Writes the lanes to memory, on any boundary.</summary>
    void Store(float* destination);
}
