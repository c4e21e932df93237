namespace Tore.Mesh.Inference;

/// <summary>A step of the pass that runs, with the place of its rows.</summary>
internal struct PassStep
{
    /// <summary>Its pages.</summary>
    public KvSequence Sequence;

    /// <summary>Its first row in the pass.</summary>
    public int FirstRow;

    /// <summary>Its rows.</summary>
    public int Count;

    /// <summary>Position of its first row.</summary>
    public int Position;

    /// <summary>The row where its attention goes: <see cref="FirstRow"/>, unless only wanted rows go on.</summary>
    public int OutputRow;
}
