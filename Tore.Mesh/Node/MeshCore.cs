using System.Buffers;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

#pragma warning disable CA1822, IDE0052, CA1823 // Until the parts are in.
namespace Tore.Mesh.Node;

/// <summary>
/// All that a node decides about the mesh: whom to dial, who is alive, what the others can do. Pure: a state machine without socket,
/// clock or chance of its own, run by <see cref="PeerNetwork"/> and by the simulator. One thread at a time. The inputs never fail on
/// what peers do, but for <see cref="OnFrame"/>.
/// </summary>
internal sealed class MeshCore
{
    private readonly MeshCoreOptions _options;
    private readonly IMeshEffects _effects;

    /// <summary>Makes a core that knows nobody and does nothing before <see cref="Start"/>.</summary>
    public MeshCore(MeshCoreOptions options, IMeshEffects effects)
    {
        _options = options;
        _effects = effects;
        Self = options.Signer.Id;
    }

    public static bool Handles(MessageType type) => (int)type is 16 or 17 or (>= 80 and < 112);

    public MembershipCounts Counts { get; } = new();

    /// <summary>This node.</summary>
    public NodeId Self { get; }

    /// <summary>The mesh as it stands; made when it is asked for, of what has changed since it was last asked for.</summary>
    public MeshSnapshot Snapshot { get; private set; } = MeshSnapshot.Empty;

    /// <summary>When <see cref="OnTimer"/> is next due, on <see cref="Moment.Elapsed"/>; null when nothing is to be done.</summary>
    public TimeSpan? NextDeadline { get; private set; }

    /// <summary>Begins: tells of itself, and dials the seeds for as long as the node lives.</summary>
    /// <param name="seeds">Where others may be.</param>
    /// <param name="addresses">Where this node listens, <c>host:port</c>.</param>
    /// <param name="own">What this node can do.</param>
    /// <param name="now">The time.</param>
    public void Start(IReadOnlyList<PeerAddress> seeds, IReadOnlyList<string> addresses, NodeInfo own, in Moment now)
    {
    }

    /// <summary>mDNS heard of a node, of whatever mesh: a hint.</summary>
    public void OnFound(MdnsNode node, in Moment now)
    {
    }

    /// <summary>A node took its mDNS records back, or they ran out.</summary>
    public void OnLost(NodeId node, in Moment now)
    {
    }

    /// <summary>A control link stands.</summary>
    /// <param name="link">The shell's number for it, higher than any used before.</param>
    /// <param name="peer">Proven by the handshake.</param>
    /// <param name="remote">The other end.</param>
    /// <param name="dialled">The address that was dialled from here; null when the peer dialled.</param>
    /// <param name="now">The time.</param>
    /// <returns>
    /// False where the core has no use for it: <see cref="IMeshEffects.Close"/> was then called with the reason, nothing was kept,
    /// and no <see cref="OnLinkClosed"/> is due.
    /// </returns>
    public bool OnLinkOpened(long link, NodeId peer, PeerAddress remote, PeerAddress? dialled, in Moment now) => false;

    /// <summary>A link is gone, whoever closed it.</summary>
    /// <param name="link">Which.</param>
    /// <param name="code">The stable code of the reason, the goodbye's where there was one; null for an end without one.</param>
    /// <param name="now">The time.</param>
    public void OnLinkClosed(long link, string? code, in Moment now)
    {
    }

    /// <summary>A dial came to nothing.</summary>
    public void OnDialFailed(PeerAddress address, string code, string text, in Moment now)
    {
    }

    /// <summary>A dial reached this very node: the address is not worth another.</summary>
    public void OnDialledSelf(PeerAddress address, in Moment now)
    {
    }

    /// <summary>
    /// A message came in on a control link. Throws <c>wire_malformed</c> or <c>wire_limit</c> for one that breaks the rules: the shell
    /// then closes the link with that reason; the core is as it was before.
    /// </summary>
    /// <param name="link">Which.</param>
    /// <param name="type">Its type.</param>
    /// <param name="body">Its body, lent for the call.</param>
    /// <param name="now">The time.</param>
    /// <returns>False where it is none of the core's messages.</returns>
    public bool OnFrame(long link, MessageType type, in ReadOnlySequence<byte> body, in Moment now) => false;

    /// <summary>Does what is due.</summary>
    public void OnTimer(in Moment now)
    {
    }

    /// <summary>What this node can do has changed: everybody is told.</summary>
    public void OnOwnChanged(NodeInfo own, in Moment now)
    {
    }

    /// <summary>This node listens elsewhere now: it says so in a new record.</summary>
    public void OnAddressesChanged(IReadOnlyList<string> addresses, in Moment now)
    {
    }

    /// <summary>The answers of <see cref="MeshCoreOptions.Admits"/> may have changed: links that they forbid are closed.</summary>
    public void OnAdmissionChanged(in Moment now)
    {
    }

    /// <summary>
    /// Somebody here needs a control link with a peer for a while: it is dialled where there is none, and a link made on demand is
    /// kept for ten seconds more. True when a link stands already.
    /// </summary>
    public bool Reach(NodeId peer, in Moment now) => false;

    /// <summary>Says goodbye to everybody, closes all links, and dials nobody any more.</summary>
    public void Leave(in Moment now)
    {
    }
}
