using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Transport;

/// <summary>Takes the frames of one link, one at a time, in order.</summary>
internal interface IFrameHandler
{
    /// <summary>
    /// One frame of a known message that this kind of link carries. The body is lent until the returned task ends: read it with
    /// <see cref="WireMessage"/>. The next frame waits for the task, which is how a handler holds a fast peer back; it must not
    /// block the thread. A <see cref="Primitives.ToreException"/> that it throws closes the link for that reason.
    /// </summary>
    ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken);
}
