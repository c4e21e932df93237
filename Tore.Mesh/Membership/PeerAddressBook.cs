using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership;

/// <summary>
/// Where nodes may be dialled, and when to try next: seeds for ever, learned addresses until they failed too often. Pure; bounded by
/// <see cref="Limits.KnownAddresses"/>, beyond which new addresses are not taken in.
/// </summary>
internal sealed class PeerAddressBook
{
    private readonly PeerDirectoryOptions _options;
    private readonly Random _random;
    private readonly Dictionary<PeerAddress, Entry> _entries = [];
    private readonly HashSet<NodeId> _nodesDialled = [];
    private int _dialling;

    /// <summary>Makes an empty book.</summary>
    public PeerAddressBook(PeerDirectoryOptions options, Random random)
    {
        _options = options;
        _random = random;
    }

    /// <summary>Adds an address that is never forgotten.</summary>
    public void AddSeed(PeerAddress address, TimeSpan now)
    {
        Entry entry = _entries.GetValueOrDefault(address) ?? (_entries[address] = new Entry { DueAt = now });
        entry.IsSeed = true;
    }

    /// <summary>
    /// Adds what somebody said of a node, or, when it is known, makes it due sooner where <paramref name="isFresh"/>: whoever was just
    /// heard on the network is there now.
    /// </summary>
    public void Learn(PeerAddress address, NodeId node, TimeSpan delay, bool isFresh, TimeSpan now)
    {
        if (_entries.TryGetValue(address, out Entry? entry))
        {
            entry.Node ??= node;
            if (isFresh && !entry.IsDialling && entry.DueAt > now + delay)
            {
                entry.DueAt = now + delay;
            }
        }
        else if (_entries.Count < Limits.KnownAddresses)
        {
            _entries[address] = new Entry { Node = node, DueAt = now + delay };
        }
    }

    /// <summary>Forgets learned addresses of a node that took them back.</summary>
    public void Forget(NodeId node)
    {
        foreach ((PeerAddress address, Entry entry) in _entries)
        {
            if (entry.Node == node && entry is { IsSeed: false, IsDialling: false })
            {
                _entries.Remove(address);
            }
        }
    }

    /// <summary>A dial reached this node: the address is its, and good.</summary>
    public void Reached(PeerAddress address, NodeId node)
    {
        if (_entries.TryGetValue(address, out Entry? entry))
        {
            Mark(entry, dialling: false);
            (entry.Node, entry.Failures) = (node, 0);
        }
    }

    /// <summary>A dial failed: wait, or forget.</summary>
    public void Failed(PeerAddress address, TimeSpan now)
    {
        if (!_entries.TryGetValue(address, out Entry? entry))
        {
            return;
        }
        Mark(entry, dialling: false);
        entry.Failures++;
        if (!entry.IsSeed && entry.Failures >= _options.ForgetAfter)
        {
            _entries.Remove(address);
            return;
        }
        double doubled = _options.FirstBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(entry.Failures - 1, 30));
        double wait = Math.Min(doubled, _options.LastBackoff.TotalMilliseconds);
        // Jitter over the upper half, so that nodes that lost the same peer do not all come back at once.
        entry.DueAt = now + TimeSpan.FromMilliseconds(wait * (0.5 + (0.5 * _random.NextDouble())));
    }

    /// <summary>The link to a node ended: its addresses are worth a try after <paramref name="delay"/>.</summary>
    public void Retry(NodeId node, TimeSpan delay, TimeSpan now)
    {
        foreach (Entry entry in _entries.Values)
        {
            if (entry.Node == node && !entry.IsDialling)
            {
                (entry.Failures, entry.DueAt) = (0, now + delay);
            }
        }
    }

    /// <summary>Takes the addresses that are due, of nodes that <paramref name="isWanted"/>; each is then being dialled.</summary>
    public IReadOnlyList<PeerAddress> TakeDue(TimeSpan now, Func<NodeId, bool> isWanted)
    {
        var taken = new List<PeerAddress>();
        foreach ((PeerAddress address, Entry entry) in _entries.Where(e => e.Value.DueAt <= now).OrderBy(e => e.Value.DueAt))
        {
            if (MayDial(entry, isWanted))
            {
                Mark(entry, dialling: true);
                taken.Add(address);
            }
        }
        return taken;
    }

    /// <summary>When the next address that may be dialled is due; null when there is none.</summary>
    public TimeSpan? NextDue(Func<NodeId, bool> isWanted)
    {
        TimeSpan? next = null;
        foreach (Entry entry in _entries.Values)
        {
            if (!(next <= entry.DueAt) && MayDial(entry, isWanted))
            {
                next = entry.DueAt;
            }
        }
        return next;
    }

    private bool MayDial(Entry entry, Func<NodeId, bool> isWanted)
    {
        if (entry.IsDialling || _dialling >= _options.DialsAtOnce)
        {
            return false;
        }
        // Several addresses of one node are tried one after the other: each would make a link.
        return entry.Node is not { } node || (!_nodesDialled.Contains(node) && isWanted(node));
    }

    /// <summary>Begins or ends the dialling of an entry.</summary>
    private void Mark(Entry entry, bool dialling)
    {
        if (entry.IsDialling == dialling)
        {
            return;
        }
        entry.IsDialling = dialling;
        _dialling += dialling ? 1 : -1;
        if (dialling)
        {
            entry.DialledNode = entry.Node;
        }
        if (entry.DialledNode is { } node)
        {
            _ = dialling ? _nodesDialled.Add(node) : _nodesDialled.Remove(node);
        }
    }

    private sealed class Entry
    {
        public NodeId? Node { get; set; }

        /// <summary>Whom the dial under way was meant for.</summary>
        public NodeId? DialledNode { get; set; }

        public bool IsSeed { get; set; }

        public bool IsDialling { get; set; }

        public int Failures { get; set; }

        public TimeSpan DueAt { get; set; }
    }
}
