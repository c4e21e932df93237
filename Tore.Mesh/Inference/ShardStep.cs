namespace Tore.Mesh.Inference;

/// <summary>What one pass does for one sequence.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Position">Position of the first row: the number of rows that the sequence has seen.</param>
/// <param name="Count">Rows: 1 for a decode step, more for a chunk of a prompt.</param>
/// <param name="Logits">Which rows' logits are wanted; ignored by a shard other than the last.</param>
public readonly record struct ShardStep(IShardSequence Sequence, int Position, int Count, LogitRows Logits);
