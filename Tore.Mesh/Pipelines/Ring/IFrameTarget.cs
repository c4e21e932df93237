using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>
/// Where the frames of a route go on: an activation link, or this process. Frames of one route arrive in the order in which they were
/// given. Never blocks; false when the other end is gone.
/// </summary>
internal interface IFrameTarget
{
    /// <summary>Rows, or token ids for stage 1. The rows are copied before this returns.</summary>
    bool TrySend(in Activations head, ReadOnlySpan<float> rows);

    /// <summary>A drawn token.</summary>
    bool TrySend(in Token token);

    /// <summary>Rows were run.</summary>
    bool TrySend(in ChunkDone done);
}
