namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>Something that reads bytes from strangers.</summary>
internal abstract class FuzzTarget
{
    /// <summary>What is fed.</summary>
    public abstract string Name { get; }

    /// <summary>Well-formed inputs, from which most others are made.</summary>
    public abstract IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>
    /// Feeds one input. True when it was taken, false when it was refused as it should be. Whatever escapes as an exception is a
    /// finding, but a <see cref="Primitives.ToreException"/>, which is how input is refused.
    /// </summary>
    public abstract bool Feed(byte[] input);

    /// <summary>Most bytes that one input may make the reader allocate: a fixed part and a multiple of what was sent.</summary>
    public virtual long AllocationLimit(int inputBytes) => (128 * 1024) + (64L * inputBytes);

    /// <summary>Most bytes that may be held, above what was held at first: what lasts of all that was fed.</summary>
    public virtual long HeldLimit => 16L * 1024 * 1024;
}
