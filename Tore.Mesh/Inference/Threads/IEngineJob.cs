namespace Tore.Mesh.Inference.Threads;

/// <summary>Work that every lane of an <see cref="EnginePool"/> runs at the same time, each on its own share.</summary>
internal interface IEngineJob
{
    /// <summary>Runs the share of one lane. All lanes must make the same calls of <see cref="EngineLane"/> in the same order.</summary>
    void Run(EngineLane lane);
}
