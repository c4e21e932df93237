using System.Buffers;
using System.Net;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// All that a node decides about the mesh: whom to dial, who is alive, what the others can do. Pure: a state machine without socket,
/// clock or chance of its own, run by <see cref="PeerNetwork"/> and by the simulator. One thread at a time.
/// <para>
/// It joins <see cref="LinkDirectory"/>, <see cref="MembershipCore"/> and <see cref="CapabilityIndex"/>. What one of them tells or wants
/// of another waits in a row until that one has ended its turn, so that none is ever called from within itself.
/// </para>
/// </summary>
internal sealed partial class MeshCore
{
    private readonly MeshCoreOptions _options;
    private readonly IMeshEffects _effects;
    private readonly LinkDirectory _directory;
    private readonly StrangerBook _strangers = new();
    private readonly Queue<MeshEvent> _events = new();
    private bool _started;
    private bool _changed;

    /// <summary>Makes a core that knows nobody and does nothing before <see cref="Start"/>.</summary>
    public MeshCore(MeshCoreOptions options, IMeshEffects effects)
    {
        _options = options;
        _effects = effects;
        Self = options.Signer.Id;
        Membership = new MembershipCore(options.Membership, options.Mesh, this, options.Signer, options.Verifier, options.Random,
            options.Start, options.StoredIncarnation, options.Admits);
        Capabilities = new CapabilityIndex(
            options.Membership, options.Mesh, this, options.Signer, options.Verifier, options.Random);
        _directory = new LinkDirectory(Self, options.Links, this, options.Random, options.Admits, AddressesOf);
    }

    /// <summary>This node.</summary>
    public NodeId Self { get; }

    /// <summary>Who is alive; to be looked at only.</summary>
    public MembershipCore Membership { get; }

    /// <summary>What everybody can do; to be looked at only.</summary>
    public CapabilityIndex Capabilities { get; }

    /// <summary>What membership counted.</summary>
    public MembershipCounts Counts => Membership.Counts;

    /// <summary>When <see cref="OnTimer"/> is next due, on <see cref="Moment.Elapsed"/>; null when nothing is to be done.</summary>
    public TimeSpan? NextDeadline => _started
        ? Earlier(_directory.NextDeadline, Earlier(Membership.NextDeadline, Capabilities.NextDeadline))
        : null;

    /// <summary>Whether <see cref="OnFrame"/> wants messages of this type; others need not be shown to it.</summary>
    public static bool Handles(MessageType type) =>
        type is MessageType.Introduction or MessageType.Goodbye || MembershipCore.Handles(type) || CapabilityIndex.Handles(type);

    /// <inheritdoc cref="LinkDirectory.IsOrderly"/>
    public static bool IsOrderlyEnd(string? code) => LinkDirectory.IsOrderly(code);

    /// <summary>Begins: tells of itself, and dials the seeds for as long as the node lives.</summary>
    /// <param name="seeds">Where others may be.</param>
    /// <param name="addresses">Where this node listens, <c>host:port</c>.</param>
    /// <param name="own">What this node can do.</param>
    /// <param name="now">The time.</param>
    /// <returns>False where the incarnation could not be kept: the node must not speak, and nothing has begun.</returns>
    public bool Start(IReadOnlyList<PeerAddress> seeds, IReadOnlyList<string> addresses, NodeInfo own, in Moment now)
    {
        if (!Membership.Start(addresses, now))
        {
            return false;
        }
        _started = true;
        Capabilities.Start(own, Membership.OwnRecord.Incarnation, now);
        foreach (PeerAddress seed in seeds)
        {
            _directory.AddSeed(seed, now);
        }
        _changed = true;
        Settle(now);
        return true;
    }

    /// <summary>mDNS heard of a node, of whatever mesh: a hint.</summary>
    public void OnFound(MdnsNode node, in Moment now)
    {
        if (node.Node == Self)
        {
            return;
        }
        PeerAddress[] addresses = [.. node.Addresses.Select(a => PeerAddress.From(new IPEndPoint(a, node.Port)))];
        if (node.Mesh == _options.Mesh.ToString() && _options.Wire.HighestCommon(node.Wire) is not null)
        {
            _strangers.Forget(node.Node);
            _directory.OnFound(node.Node, addresses, now);
        }
        else
        {
            _strangers.Note(node, addresses, now);
        }
        Settle(now);
    }

    /// <summary>A node took its mDNS records back, or they ran out.</summary>
    public void OnLost(NodeId node, in Moment now)
    {
        _strangers.Forget(node);
        _directory.OnLost(node, now);
        Settle(now);
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
    public bool OnLinkOpened(long link, NodeId peer, PeerAddress remote, PeerAddress? dialled, in Moment now)
    {
        if (!_started)
        {
            _effects.Close(link, ErrorCodes.Draining, "The node has not started yet.");
            return false;
        }
        bool taken = _directory.OnLinkOpened(link, peer, remote, dialled, now);
        Settle(now);
        return taken;
    }

    /// <summary>A link is gone, whoever closed it.</summary>
    /// <param name="link">Which.</param>
    /// <param name="code">The stable code of the reason, the goodbye's where there was one; null for an end without one.</param>
    /// <param name="now">The time.</param>
    public void OnLinkClosed(long link, string? code, in Moment now)
    {
        _directory.OnLinkClosed(link, code, now);
        Settle(now);
    }

    /// <summary>A dial came to nothing.</summary>
    public void OnDialFailed(PeerAddress address, string code, string text, in Moment now)
    {
        _directory.OnDialFailed(address, code, text, now);
        Settle(now);
    }

    /// <summary>A dial reached this very node: the address is not worth another.</summary>
    public void OnDialledSelf(PeerAddress address, in Moment now)
    {
        _directory.OnDialledSelf(address, now);
        Settle(now);
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
    public bool OnFrame(long link, MessageType type, in ReadOnlySequence<byte> body, in Moment now)
    {
        if (!Handles(type))
        {
            return false;
        }
        if (_directory.Find(link) is { } open)
        {
            try
            {
                OnFrame(open, type, body, now);
            }
            finally
            {
                Settle(now);
            }
        }
        return true;
    }

    /// <summary>Does what is due.</summary>
    public void OnTimer(in Moment now)
    {
        if (_started)
        {
            // Whom to count on comes after who is there: a probe that is due may still be answered over a link that just came.
            _directory.OnTimer(now);
            Settle(now);
            Membership.OnTimer(now);
            Settle(now);
            if (Capabilities.NextDeadline <= now.Elapsed)
            {
                Capabilities.OnTimer(now);
                Settle(now);
            }
        }
    }

    /// <summary>What this node can do has changed: everybody is told. How busy it is, they hear less often.</summary>
    public void OnOwnChanged(NodeInfo own, in Moment now)
    {
        Capabilities.OnOwnChanged(own, now);
        Settle(now);
    }

    /// <summary>This node listens elsewhere now: it says so in a new record.</summary>
    public void OnAddressesChanged(IReadOnlyList<string> addresses, in Moment now)
    {
        Membership.OnAddressesChanged(addresses, now);
        Settle(now);
    }

    /// <summary>
    /// The answers of <see cref="MeshCoreOptions.Admits"/> may have changed: links that they forbid are closed, members forgotten.
    /// </summary>
    public void OnAdmissionChanged(in Moment now)
    {
        _directory.OnAdmissionChanged(now);
        Membership.OnAdmissionChanged(now);
        Settle(now);
    }

    /// <summary>
    /// Somebody here needs a control link with a peer for a while: it is dialled where there is none, and a link made on demand is
    /// kept for ten seconds more. True when a link stands already.
    /// </summary>
    public bool Reach(NodeId peer, in Moment now)
    {
        bool linked = _directory.Demand(peer, now);
        Settle(now);
        return linked;
    }

    /// <summary>Says goodbye to everybody, closes all links, and dials nobody any more.</summary>
    public void Leave(in Moment now)
    {
        Capabilities.Stop();
        Membership.Leave(now);
        _directory.Stop();
        Settle(now);
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a <= b || b is null ? a : b;

    private IReadOnlyList<string> AddressesOf(NodeId node) => Membership.Table.TryGet(node, out Member? member) ? member.Addresses : [];
}
