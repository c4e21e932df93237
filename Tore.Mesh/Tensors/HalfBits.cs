using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors;

/// <summary>Halves and bfloat16 widened to f32 by integer work: exact, subnormals too, the same on every machine.</summary>
internal static class HalfBits
{
    /// <summary>2^-14 as f32 bits: the step that makes a subnormal half a normal float.</summary>
    public const uint SubnormalStep = 113u << 23;

    /// <summary>What rebases a half's exponent (bias 15) to a float's (bias 127).</summary>
    public const uint ExponentStep = 112u << 23;

    /// <summary>Whether the half is neither Inf nor NaN.</summary>
    public static bool IsFinite(ushort half) => (half & 0x7C00) != 0x7C00;

    /// <summary>Whether the bfloat16 is neither Inf nor NaN.</summary>
    public static bool IsFiniteBrain(ushort brain) => (brain & 0x7F80) != 0x7F80;

    /// <summary>A finite half as f32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(ushort half)
    {
        uint magnitude = (uint)(half & 0x7FFF) << 13;
        uint sign = (uint)(half & 0x8000) << 16;
        uint bits = (half & 0x7C00) != 0
            ? magnitude + ExponentStep
            : BitConverter.SingleToUInt32Bits(
                BitConverter.UInt32BitsToSingle(magnitude + SubnormalStep) - BitConverter.UInt32BitsToSingle(SubnormalStep));
        return BitConverter.UInt32BitsToSingle(bits | sign);
    }

    /// <summary>A bfloat16 as f32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float WidenBrain(ushort brain) => BitConverter.UInt32BitsToSingle((uint)brain << 16);
}
