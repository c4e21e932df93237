using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Harness.Mesh;

/// <summary>Sits between a core and its machine.</summary>
internal interface IMeshTap
{
    /// <summary>Whether it makes a liar of the node, whose own view then counts for nothing.</summary>
    bool IsLie { get; }

    /// <summary>The node runs.</summary>
    void OnStarted(MeshProcess process)
    {
    }

    /// <summary>A frame is about to leave. False: it is not sent, though the core is told that it was.</summary>
    bool OnSending<T>(MeshProcess process, long link, ref T message)
        where T : struct, IMessage<T> => true;

    /// <summary>A frame came in, before the core sees it. False: the core does not see it.</summary>
    bool OnFrame(MeshProcess process, long link, MessageType type, in ReadOnlySequence<byte> body) => true;

    /// <summary>The node's timer, beside the core's own work.</summary>
    void OnTimer(MeshProcess process)
    {
    }
}
