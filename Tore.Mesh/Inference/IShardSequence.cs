namespace Tore.Mesh.Inference;

/// <summary>One sequence's slot and key-value memory on a shard; disposing frees both.</summary>
public interface IShardSequence : IDisposable
{
    /// <summary>Positions reserved.</summary>
    int Positions { get; }

    /// <summary>Floating-point operations run for this sequence.</summary>
    long Flops { get; }
}
