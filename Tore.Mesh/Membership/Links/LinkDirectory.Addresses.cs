using System.Collections.Immutable;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <content>Where peers may be dialled: seeds, hints of mDNS, and members' own records.</content>
internal sealed partial class LinkDirectory
{
    private readonly Dictionary<PeerAddress, DialAddress> _seeds = [];
    private int _hinted;

    /// <summary>Rises whenever <see cref="Contacts"/> changes.</summary>
    public long ContactsVersion { get; private set; }

    /// <summary>Adds an address that is dialled for as long as the node lives.</summary>
    public void AddSeed(PeerAddress address, in Moment now)
    {
        if (!_seeds.ContainsKey(address))
        {
            DialAddress seed = new(address) { IsSeed = true, RetryAt = now.Elapsed };
            _seeds[address] = seed;
            ContactsVersion++;
            PlanSeed(seed, now);
        }
    }

    /// <summary>mDNS heard of a node of this mesh: a hint. Whoever was just heard is there now, so it is dialled sooner.</summary>
    public void OnFound(NodeId node, IReadOnlyList<PeerAddress> addresses, in Moment now)
    {
        bool isKnown = PeerOf(node) is { HasHint: true };
        if (node == _self || _stopped || addresses.Count == 0 || (!isKnown && _hinted >= Limits.KnownAddresses))
        {
            return;
        }
        LinkPeer peer = Known(node);
        for (int i = 0; i < Math.Min(addresses.Count, Limits.NodeAddresses); i++)
        {
            AddressOf(peer, addresses[i]).IsHint = true;
        }
        _hinted += isKnown ? 0 : 1;
        int surplus = peer.Addresses.Count(static a => a.IsHint) - Limits.NodeAddresses;
        for (int i = peer.Addresses.Count - 1; i >= 0 && surplus > 0; i--)
        {
            DialAddress old = peer.Addresses[i];
            if (old.IsHint && !addresses.Contains(old.Address))
            {
                old.IsHint = false;
                surplus--;
            }
        }
        peer.Addresses.RemoveAll(static a => a.IsStale);
        ContactsVersion++;
        TimeSpan soon = now.Elapsed + DialDelay(node);
        // Nor does a flood of hints make a flood of dials.
        soon = peer.AttemptedAt + _options.FirstBackoff is { } spaced && spaced > soon ? spaced : soon;
        peer.RetryAt = isKnown || peer.AttemptedAt is not null ? Min(peer.RetryAt, soon) : soon;
        Plan(peer, now);
    }

    /// <summary>A node took its mDNS records back, or they ran out.</summary>
    public void OnLost(NodeId node, in Moment now)
    {
        if (PeerOf(node) is { HasHint: true } peer)
        {
            DropHints(peer);
            Plan(peer, now);
        }
    }

    /// <summary>All addresses that are known, and how dialling them went, sorted.</summary>
    public ImmutableArray<LinkContact> Contacts()
    {
        var contacts = ImmutableArray.CreateBuilder<LinkContact>();
        foreach (DialAddress seed in _seeds.Values)
        {
            if (seed.Node is null)
            {
                contacts.Add(ContactOf(seed, null));
            }
        }
        foreach (LinkPeer peer in _peers.Values)
        {
            foreach (DialAddress address in peer.Addresses)
            {
                contacts.Add(ContactOf(address, peer));
            }
        }
        contacts.Sort(static (a, b) =>
        {
            int order = string.CompareOrdinal(a.Address.Host, b.Address.Host);
            order = order != 0 ? order : a.Address.Port.CompareTo(b.Address.Port);
            return order != 0 ? order : Nullable.Compare(a.Node, b.Node);
        });
        return contacts.DrainToImmutable();
    }

    private static LinkContact ContactOf(DialAddress address, LinkPeer? peer) => new()
    {
        Address = address.Address,
        Node = peer?.Node,
        Source = address.Source,
        IsLinked = peer?.IsLinked ?? false,
        Failure = address.Failure,
    };

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static DialAddress AddressOf(LinkPeer peer, PeerAddress address)
    {
        DialAddress? known = peer.Find(address);
        if (known is null)
        {
            known = new DialAddress(address) { Node = peer.Node };
            peer.Addresses.Add(known);
        }
        return known;
    }

    /// <summary>Takes in what the member's record says now; true when it names an address that was not known.</summary>
    private bool Refresh(LinkPeer peer)
    {
        int known = peer.Addresses.Count;
        IReadOnlyList<string> recorded = _addressesOf(peer.Node);
        foreach (DialAddress address in peer.Addresses)
        {
            address.IsRecorded = false;
        }
        for (int i = 0; i < Math.Min(recorded.Count, Limits.NodeAddresses); i++)
        {
            if (PeerAddress.TryParse(recorded[i], out PeerAddress address))
            {
                AddressOf(peer, address).IsRecorded = true;
            }
        }
        bool isNew = peer.Addresses.Count > known;
        peer.Addresses.RemoveAll(static a => a.IsStale);
        ContactsVersion++;
        return isNew;
    }

    private void DropHints(LinkPeer peer)
    {
        if (peer.HasHint)
        {
            _hinted--;
            peer.Addresses.ForEach(static a => a.IsHint = false);
            // The reason why it could not be reached stays, until the peer is forgotten.
            peer.Addresses.RemoveAll(static a => a.IsStale && a.Failure is null);
            ContactsVersion++;
        }
    }

    /// <summary>A seed answered: from now it is known who is there.</summary>
    private void Attach(DialAddress seed, LinkPeer peer)
    {
        if (seed.Node is { } before && before != peer.Node && PeerOf(before) is { } other && other.Addresses.Remove(seed)
            && (seed.IsHint || seed.IsRecorded))
        {
            DialAddress own = AddressOf(other, seed.Address);
            (own.IsHint, own.IsRecorded) = (seed.IsHint, seed.IsRecorded);
            (seed.IsHint, seed.IsRecorded) = (false, false);
        }
        if (peer.Find(seed.Address) is { } known)
        {
            (seed.IsHint, seed.IsRecorded) = (known.IsHint, known.IsRecorded);
            peer.Addresses.Remove(known);
        }
        seed.Node = peer.Node;
        peer.Addresses.Insert(0, seed);
        ContactsVersion++;
    }

    /// <summary>
    /// Sets when a seed is dialled for its own sake: while nobody answered there, or who did is neither linked nor a member any more.
    /// Otherwise the attempts on that member try it too.
    /// </summary>
    private void PlanSeed(DialAddress seed, in Moment now)
    {
        bool isCovered = seed.Node is { } node && (_neighbourhood.IsMember(node) || PeerOf(node)?.Current is not null);
        bool isDue = seed is { IsSeed: true, IsSelf: false } && !_stopped && !isCovered && !_underWay.ContainsKey(seed.Address);
        _timers.Set(seed, isDue ? (seed.RetryAt > now.Elapsed ? seed.RetryAt : now.Elapsed) : null);
    }

    private void PlanSeeds(LinkPeer peer, in Moment now)
    {
        foreach (DialAddress address in peer.Addresses)
        {
            if (address.IsSeed)
            {
                PlanSeed(address, now);
            }
        }
    }

    private void DialSeed(DialAddress seed, in Moment now)
    {
        if (_underWay.TryAdd(seed.Address, new Dial(seed, null)))
        {
            _effects.Dial(seed.Address, null);
            return;
        }
        // Somebody else's dial of the same address: after that.
        seed.RetryAt = now.Elapsed + _options.FirstBackoff;
        PlanSeed(seed, now);
    }

    /// <summary>A dial came to nothing, or the link that it made did.</summary>
    private void Fruitless(DialAddress address, string code, string text, in Moment now)
    {
        address.Failed(code, text, now);
        ContactsVersion++;
        if (address.IsSeed)
        {
            address.Fruitless++;
            address.RetryAt = now.Elapsed + Backoff(address.Fruitless);
            PlanSeed(address, now);
        }
    }
}
