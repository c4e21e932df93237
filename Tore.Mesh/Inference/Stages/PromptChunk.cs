namespace Tore.Mesh.Inference.Stages;

/// <summary>Into which pieces a prompt is cut on its way through several stages.</summary>
public static class PromptChunk
{
    /// <summary>Fewer rows than this use each weight too rarely: a pass then costs more than its rows are worth.</summary>
    private const int Least = 64;

    /// <summary>Pieces a stage: with four, a pipeline is idle for a fifth of the time at most while it fills and drains.</summary>
    private const int PiecesAStage = 4;

    /// <summary>Rows of a chunk: the largest for one stage; for several so few that all of them soon have work.</summary>
    /// <param name="promptTokens">Length of the prompt.</param>
    /// <param name="stages">Stages of the route.</param>
    /// <param name="most">The smallest <see cref="IShard.PrefillChunk"/> on the route.</param>
    public static int For(int promptTokens, int stages, int most)
    {
        int wanted = stages == 1 ? most : (promptTokens + (PiecesAStage * stages) - 1) / (PiecesAStage * stages);
        return Math.Min(most, Math.Max(Least, wanted));
    }
}
