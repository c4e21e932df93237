namespace Tore.Mesh.Models.Tokenizers;

/// <summary>Says whether two neighbouring symbols may become one, and how urgently.</summary>
internal interface IMergeRule
{
    /// <summary>Looks a pair up.</summary>
    /// <param name="text">The text that the symbols cover.</param>
    /// <param name="start">Where the left symbol begins.</param>
    /// <param name="end">Where the right symbol ends.</param>
    /// <param name="left">The left symbol.</param>
    /// <param name="right">The right symbol.</param>
    /// <param name="rank">The lowest rank merges first; below <see cref="uint.MaxValue"/>.</param>
    /// <param name="merged">What they become.</param>
    bool TryMerge(ReadOnlySpan<char> text, int start, int end, int left, int right, out uint rank, out int merged);
}
