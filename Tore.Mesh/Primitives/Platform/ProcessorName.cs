using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Tore.Mesh.Primitives.Platform;

/// <summary>What the processor calls itself, where it can be asked: the brand string of x86.</summary>
internal static class ProcessorName
{
    private const int BrandLeaf = unchecked((int)0x80000000);

    /// <summary>Such as <c>AMD EPYC 7B13</c>; empty where it is not known.</summary>
    public static string Current { get; } = Read();

    private static string Read()
    {
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(BrandLeaf, 0).Eax < unchecked((uint)BrandLeaf) + 4)
        {
            return "";
        }
        Span<byte> name = stackalloc byte[48];
        for (int leaf = 2; leaf <= 4; leaf++)
        {
            (int a, int b, int c, int d) = X86Base.CpuId(BrandLeaf + leaf, 0);
            Span<byte> part = name[((leaf - 2) * 16)..];
            BinaryPrimitives.WriteInt32LittleEndian(part, a);
            BinaryPrimitives.WriteInt32LittleEndian(part[4..], b);
            BinaryPrimitives.WriteInt32LittleEndian(part[8..], c);
            BinaryPrimitives.WriteInt32LittleEndian(part[12..], d);
        }
        return string.Join(' ', Encoding.ASCII.GetString(name).Trim('\0').Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
