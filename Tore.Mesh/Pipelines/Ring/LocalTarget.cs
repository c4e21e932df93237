using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>Frames that stay in this process: the same messages, without a link between.</summary>
internal sealed class LocalTarget(NodeId self, IFrameReceiver receiver) : IFrameTarget
{
    public bool TrySend(in Activations head, ReadOnlySpan<float> rows)
    {
        receiver.OnActivations(self, head, rows);
        return true;
    }

    public bool TrySend(in Token token)
    {
        receiver.OnToken(self, token);
        return true;
    }

    public bool TrySend(in ChunkDone done)
    {
        receiver.OnChunkDone(self, done);
        return true;
    }
}
