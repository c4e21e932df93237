namespace Tore.Mesh.Inference.Stages;

/// <summary>
/// Shares out one pass. Every decode step that waits is in it; prompts share what is left in equal parts, so that a short one is not
/// held up by a long one, and get less while others decode, so that those keep their pace. Pure.
/// </summary>
internal static class PassPlan
{
    /// <summary>Prompt tokens of a pass that carries decode steps: on the reference machine some 0.3 s of a 1.1 B model.</summary>
    public const int PromptRowsBesideDecode = 64;

    /// <summary>Fills in how many rows of each sequence go into the next pass.</summary>
    /// <param name="waiting">Rows that wait, by sequence.</param>
    /// <param name="isDecode">Whether these are one decode step.</param>
    /// <param name="turn">Who comes first where parts are unequal; the caller counts it up.</param>
    /// <param name="promptRows">Prompt rows of one pass at most.</param>
    /// <param name="take">Receives the rows to take.</param>
    /// <returns>All rows of the pass.</returns>
    public static int Share(ReadOnlySpan<int> waiting, ReadOnlySpan<bool> isDecode, int turn, int promptRows, Span<int> take)
    {
        int decoding = 0, prompts = 0;
        for (int i = 0; i < waiting.Length; i++)
        {
            take[i] = isDecode[i] ? 1 : 0;
            decoding += isDecode[i] ? 1 : 0;
            prompts += !isDecode[i] && waiting[i] > 0 ? 1 : 0;
        }
        int left = decoding > 0 ? Math.Min(promptRows, PromptRowsBesideDecode) : promptRows;
        int total = decoding;

        // What one does not need goes to the others in the next round.
        for (int before = -1; left > 0 && left != before;)
        {
            before = left;
            int sharing = prompts;
            for (int k = 0; k < waiting.Length && left > 0; k++)
            {
                int i = (int)((uint)(turn + k) % (uint)waiting.Length);
                if (isDecode[i] || waiting[i] == 0)
                {
                    continue;
                }
                int part = Math.Min(waiting[i] - take[i], (left + sharing - 1) / sharing);
                take[i] += part;
                left -= part;
                total += part;
                sharing--;
            }
        }
        return total;
    }
}
