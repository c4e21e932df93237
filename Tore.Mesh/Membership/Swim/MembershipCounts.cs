namespace Tore.Mesh.Membership.Swim;

/// <summary>What the core counts, for <c>/metrics</c> and the simulator.</summary>
internal sealed class MembershipCounts
{
    /// <summary>Probes begun.</summary>
    public long Probes { get; set; }

    /// <summary>Probes that nobody answered, directly or for another.</summary>
    public long ProbesFailed { get; set; }

    /// <summary>Suspicions begun, on own or others' word.</summary>
    public long Suspicions { get; set; }

    /// <summary>Suspicions that ended because the member answered this node's own probe.</summary>
    public long SuspicionsAnswered { get; set; }

    /// <summary>Members declared dead here.</summary>
    public long Deaths { get; set; }

    /// <summary>Dead members that came back with a newer record.</summary>
    public long Revivals { get; set; }

    /// <summary>Times that this node raised its incarnation because something false was said of it.</summary>
    public long Refutations { get; set; }

    /// <summary>Times that this node stood still and moved its deadlines.</summary>
    public long Stalls { get; set; }

    /// <summary>Records dropped because their signature or their id is not that of their key.</summary>
    public long BadSignatures { get; set; }

    /// <summary>Records dropped unread because their node makes new ones without pause.</summary>
    public long TooManyRecords { get; set; }

    /// <summary>Members not taken in because the table is full.</summary>
    public long TableFull { get; set; }

    /// <summary>Push-pulls begun here.</summary>
    public long PushPulls { get; set; }

    /// <summary>Push-pulls that went beyond the digest, seen from here.</summary>
    public long PushPullsUnequal { get; set; }

    /// <summary>Gossip messages sent.</summary>
    public long GossipSent { get; set; }
}
