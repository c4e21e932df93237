using System.Buffers.Binary;
using Tore.Mesh.Harness.Machines;

namespace Tore.Mesh.Harness.Mesh;

/// <summary>The incarnation on a simulated disk, with a sum by which a torn file is known: it then counts as none.</summary>
internal static class IncarnationFile
{
    private const string Name = "incarnation";
    private const int Size = 2 * sizeof(ulong);

    /// <summary>What is kept; 0 where nothing is.</summary>
    public static ulong Read(MachineDisk disk)
    {
        if (disk.Read(Name) is not { Length: Size } bytes)
        {
            return 0;
        }
        ulong incarnation = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(sizeof(ulong))) == Mixing.Finish(incarnation) ? incarnation : 0;
    }

    /// <summary>Keeps it.</summary>
    public static bool TryWrite(MachineDisk disk, ulong incarnation)
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[sizeof(ulong)..], Mixing.Finish(incarnation));
        return disk.TryWrite(Name, bytes);
    }
}
