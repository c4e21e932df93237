using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>What the directory keeps of one peer that it links with, wants to link with, or has heard of.</summary>
internal sealed class LinkPeer(NodeId node) : Timed
{
    /// <summary>The peer.</summary>
    public NodeId Node => node;

    /// <summary>Its links, those taken out of use too, oldest first.</summary>
    public List<ControlLink> Links { get; } = [];

    /// <summary>The link that new messages take: of those not retired the newest, an introduced one before others.</summary>
    public ControlLink? Current { get; private set; }

    /// <summary>Whether the peer has introduced itself on a link, and a link was there ever since.</summary>
    public bool IsLinked { get; set; }

    /// <summary>Since when it is linked.</summary>
    public TimeSpan LinkedSince { get; set; }

    /// <summary>Which start of it introduced itself last.</summary>
    public ulong Start { get; set; }

    /// <summary>Whether the member table holds it as alive or suspect.</summary>
    public bool IsMember { get; set; }

    /// <summary>Where it may be dialled: what answered last first, what failed last last.</summary>
    public List<DialAddress> Addresses { get; } = [];

    /// <summary>Addresses that the present attempt has not tried yet.</summary>
    public Queue<DialAddress> Untried { get; } = new();

    /// <summary>Whether its addresses are being tried.</summary>
    public bool IsAttempting { get; set; }

    /// <summary>Whether it waits for others' attempts to end.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Dials under way.</summary>
    public int Dials { get; set; }

    /// <summary>When the next untried address is dialled though the last has not failed.</summary>
    public TimeSpan? NextAddressAt { get; set; }

    /// <summary>Attempts in a row that failed.</summary>
    public int Failures { get; set; }

    /// <summary>When the next attempt may begin.</summary>
    public TimeSpan RetryAt { get; set; }

    /// <summary>When the last attempt began.</summary>
    public TimeSpan? AttemptedAt { get; set; }

    /// <summary>When a probe gives up waiting for a link.</summary>
    public TimeSpan? ReachUntil { get; set; }

    /// <summary>A link that is there for this moment's need only is kept until then.</summary>
    public TimeSpan NeededUntil { get; set; }

    /// <summary>Whether it stands in the row of those remembered for their failures only.</summary>
    public bool IsRemembered { get; set; }

    /// <summary>Whether mDNS has heard of it.</summary>
    public bool HasHint => Addresses.Exists(static a => a.IsHint);

    /// <summary>The address, where it is known.</summary>
    public DialAddress? Find(PeerAddress address) => Addresses.Find(a => a.Address == address);

    /// <summary>Chooses the link for new messages; true when it is another than before.</summary>
    public bool Choose()
    {
        ControlLink? best = null;
        foreach (ControlLink link in Links)
        {
            if (link.RetiredAt is null
                && (best is null || (link.IsIntroduced, link.Number).CompareTo((best.IsIntroduced, best.Number)) > 0))
            {
                best = link;
            }
        }
        if (best == Current)
        {
            return false;
        }
        Current = best;
        return true;
    }
}
