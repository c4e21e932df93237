namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Where a kernel finds its weights.</summary>
internal interface IWeightSource
{
    /// <summary>Whether they are bytes already.</summary>
    static abstract bool IsUnpacked { get; }
}

/// <summary>In the packed matrix.</summary>
internal readonly struct PackedSource : IWeightSource
{
    public static bool IsUnpacked => false;
}

/// <summary>In a panel.</summary>
internal readonly struct PanelSource : IWeightSource
{
    public static bool IsUnpacked => true;
}
