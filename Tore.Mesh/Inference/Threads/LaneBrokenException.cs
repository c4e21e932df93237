namespace Tore.Mesh.Inference.Threads;

/// <summary>Ends the lanes of a job of which one failed; the pool rethrows the first failure itself, never this.</summary>
internal sealed class LaneBrokenException : Exception;
