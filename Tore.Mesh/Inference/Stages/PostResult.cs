namespace Tore.Mesh.Inference.Stages;

/// <summary>What became of rows posted to a stage.</summary>
public enum PostResult
{
    /// <summary>They are queued.</summary>
    Accepted,

    /// <summary>The sequence is closed; nothing changed.</summary>
    Closed,

    /// <summary>They do not begin where the sequence stands, or go beyond what it reserved; nothing changed.</summary>
    OutOfOrder,

    /// <summary>
    /// The sequence has as many rows waiting as may wait: the sender ran further ahead than it was granted; nothing changed.
    /// </summary>
    Full,
}
