using Tore.Mesh.Tensors;

namespace Tore.Mesh.Models.Gguf;

/// <summary>One tensor of a model file, checked to lie within it. Its bytes are reached through <see cref="GgufFile"/>.</summary>
/// <param name="Name">Its name, such as <c>blk.0.attn_q.weight</c>.</param>
/// <param name="RawType">The type number as stored, known to the engine or not.</param>
/// <param name="Dimensions">1 to 4 dimensions as stored, the contiguous one first.</param>
/// <param name="Part">Index of the file among the parts of a split model; 0 for a whole one.</param>
/// <param name="Offset">Offset of the first byte from the start of that file.</param>
/// <param name="Bytes">Stored bytes; -1 when the type is not known, so that the size is not either.</param>
public sealed record GgufTensor(string Name, int RawType, IReadOnlyList<long> Dimensions, int Part, long Offset, long Bytes)
{
    /// <summary>Elements of one row: the first dimension, contiguous in the file.</summary>
    public long Columns => Dimensions[0];

    /// <summary>Number of rows: the product of the other dimensions; 1 for a vector.</summary>
    public long Rows { get; } = Dimensions.Skip(1).Aggregate(1L, (rows, dimension) => rows * dimension);

    /// <summary>Number of elements.</summary>
    public long Elements => Columns * Rows;

    /// <summary>The field's name of the type, also of one that the engine does not run.</summary>
    public string TypeName => GgufTensorTypes.NameOf(RawType);

    /// <summary>Whether the engine reads this type.</summary>
    public bool HasKnownType => TensorTypes.IsKnown((TensorType)RawType);

    /// <summary>The type, if the engine reads it; else <c>unknown_tensor_type</c>.</summary>
    public TensorType Type => HasKnownType
        ? (TensorType)RawType
        : throw GgufFault.UnknownType("the model", this);

    /// <summary>The dimensions for people: <c>576x49152</c>.</summary>
    public string Shape => string.Join('x', Dimensions);
}
