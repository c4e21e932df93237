namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Vector operations on rows as 32-bit lanes, for one register width. A vector is bits: integers or f32, as the operation reads them. The
/// kernels are written once over this; the compiler makes straight machine code of each width.
/// </summary>
/// <typeparam name="V">The register: <c>Vector128&lt;int&gt;</c>, <c>Vector256&lt;int&gt;</c> or <c>Vector512&lt;int&gt;</c>.</typeparam>
internal unsafe interface ILanes<V>
    where V : struct
{
    /// <summary>Rows in one vector: 4, 8 or 16.</summary>
    static abstract int Rows { get; }

    /// <summary>All bits clear.</summary>
    static abstract V Zero { get; }

    /// <summary>Reads a whole vector.</summary>
    static abstract V Load(void* from);

    /// <summary>Writes a whole vector.</summary>
    static abstract void Store(void* to, V value);

    /// <summary>Asks for a cache line that will be read soon; it may lie beyond the buffer.</summary>
    static abstract void Prefetch(void* line);

    /// <summary>The same 32 bits in every lane, from memory.</summary>
    static abstract V Broadcast(void* from);

    /// <summary>The same 32 bits in every lane.</summary>
    static abstract V Broadcast(uint value);

    /// <summary>Bitwise and.</summary>
    static abstract V And(V a, V b);

    /// <summary>Bitwise or.</summary>
    static abstract V Or(V a, V b);

    /// <summary>Bitwise exclusive or.</summary>
    static abstract V Xor(V a, V b);

    /// <summary>Logical shift of each lane to the left.</summary>
    static abstract V ShiftLeft(V a, int count);

    /// <summary>Logical shift of each lane to the right.</summary>
    static abstract V ShiftRight(V a, int count);

    /// <summary>Arithmetic shift of each lane to the right.</summary>
    static abstract V ShiftRightSigned(V a, int count);

    /// <summary>int32 sum.</summary>
    static abstract V Add(V a, V b);

    /// <summary>int32 difference.</summary>
    static abstract V Subtract(V a, V b);

    /// <summary>Each lane: product of the low int16 halves plus product of the high ones, in int32.</summary>
    static abstract V MultiplyAddPairs(V a, V b);

    /// <summary>int32 to f32, round half to even.</summary>
    static abstract V ToFloat(V a);

    /// <summary>f32 sum.</summary>
    static abstract V AddFloat(V a, V b);

    /// <summary>f32 product.</summary>
    static abstract V Multiply(V a, V b);

    /// <summary>f32 a * b + c, rounded once.</summary>
    static abstract V FusedMultiplyAdd(V a, V b, V c);

    /// <summary>f32 -(a * b) + c, rounded once.</summary>
    static abstract V FusedMultiplyAddNegated(V a, V b, V c);

    /// <summary>Reads one finite half a lane and widens it to f32, exactly.</summary>
    static abstract V LoadHalves(void* from);

    /// <summary>Reads one bfloat16 a lane and widens it to f32, exactly.</summary>
    static abstract V LoadBrains(void* from);
}
