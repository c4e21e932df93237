namespace Tore.Mesh.Inference;

/// <summary>Which rows of a step are turned into logits.</summary>
public enum LogitRows
{
    /// <summary>None: a chunk that is not the prompt's last.</summary>
    None,

    /// <summary>The last row: a token is to be drawn.</summary>
    Last,

    /// <summary>Every row: engines are being compared.</summary>
    All,
}
