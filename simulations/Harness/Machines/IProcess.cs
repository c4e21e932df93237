using System.Buffers;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Harness.Machines;

/// <summary>
/// A program on a simulated machine: a pure core and the little that ties it to its <see cref="ProcessContext"/>. It lives until its
/// machine loses power or somebody kills it; a restart makes a new one, which has only the disk.
/// </summary>
internal interface IProcess
{
    /// <summary>When <see cref="OnTimer"/> is next due, by this machine's monotonic clock; null when it waits for nothing.</summary>
    TimeSpan? NextDeadline { get; }

    /// <summary>It runs.</summary>
    void Start(in Moment now);

    /// <summary>
    /// A link stands. False refuses it: then nothing was kept, the link is closed, and no <see cref="OnLinkClosed"/> follows.
    /// </summary>
    bool OnLinkOpened(long link, NodeId peer, PeerAddress remote, PeerAddress? dialled, in Moment now);

    /// <summary>A link is gone, whoever closed it; the code is the first reason's, null for an end without one.</summary>
    void OnLinkClosed(long link, string? code, in Moment now);

    /// <summary>A dial came to nothing.</summary>
    void OnDialFailed(PeerAddress address, string code, string text, in Moment now);

    /// <summary>A dial reached this very node.</summary>
    void OnDialledSelf(PeerAddress address, in Moment now);

    /// <summary>A frame came in; <paramref name="body"/> is lent for the call.</summary>
    void OnFrame(long link, MessageType type, in ReadOnlySequence<byte> body, in Moment now);

    /// <summary>The deadline has passed.</summary>
    void OnTimer(in Moment now);

    /// <summary>It is to say goodbye; it is killed a little later.</summary>
    void Leave(in Moment now);

    /// <summary>Whether what checkers look at has changed since they last asked.</summary>
    bool TakeChanged();
}
