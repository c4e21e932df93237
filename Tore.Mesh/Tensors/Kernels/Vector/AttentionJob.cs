namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>
/// Attention of a run of tokens of one sequence through one kv head of one layer: all query heads that share the kv head. Token t of
/// the run stands at position <see cref="FirstPosition"/> + t and sees the positions up to its own, whose keys and values are in the
/// pages already.
/// </summary>
internal unsafe struct AttentionJob
{
    /// <summary>The first query head of the group in the first token's row; the heads of the group follow each other.</summary>
    public float* Queries;

    /// <summary>Floats from one token's queries to the next.</summary>
    public long QueryStride;

    /// <summary>Where the result of the first query head of the first token goes; laid out like the queries.</summary>
    public float* Output;

    /// <summary>Floats from one token's results to the next.</summary>
    public long OutputStride;

    /// <summary>The sequence's pages of this layer, from position 0 (<see cref="KvPage"/>).</summary>
    public float** Pages;

    /// <summary>Kv heads in a page.</summary>
    public int KvHeads;

    /// <summary>The kv head of this job.</summary>
    public int KvHead;

    /// <summary>Query heads that share the kv head.</summary>
    public int Group;

    /// <summary>Elements of a head.</summary>
    public int HeadDim;

    /// <summary>Position of the first token.</summary>
    public int FirstPosition;

    /// <summary>Tokens in the run.</summary>
    public int Tokens;

    /// <summary>Work space of <see cref="AttentionKernel.ScratchFloats"/> floats, on a 64-byte boundary, one a thread.</summary>
    public float* Scratch;

    /// <summary>Keys of this kv head in a page.</summary>
    public readonly float* Keys(int page) => Pages[page] + KvPage.KeyOffset(KvHead, 0, HeadDim);

    /// <summary>Values of this kv head in a page.</summary>
    public readonly float* Values(int page) => Pages[page] + KvPage.ValueOffset(KvHeads, KvHead, 0, HeadDim);

    /// <summary>Query of a row; rows count the query heads of the first token, then those of the next.</summary>
    public readonly float* Query(int row) => Queries + (row / Group * QueryStride) + ((long)(row % Group) * HeadDim);

    /// <summary>Result of a row.</summary>
    public readonly float* Result(int row) => Output + (row / Group * OutputStride) + ((long)(row % Group) * HeadDim);

    /// <summary>Positions that a row sees.</summary>
    public readonly int Length(int row) => FirstPosition + (row / Group) + 1;
}
