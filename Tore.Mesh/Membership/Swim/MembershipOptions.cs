namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// The timing and the rules of the membership core. The four switches exist so that the simulator can measure what each rule
/// is worth; a node runs with all of them on.
/// </summary>
internal sealed record MembershipOptions
{
    /// <summary>
    /// One machine: traffic costs nothing, so news goes round twice as often. Probes wait as long as elsewhere: what is slow on one
    /// machine is not the network but the processes that share it.
    /// </summary>
    public static MembershipOptions Local { get; } = new()
    {
        GossipInterval = TimeSpan.FromMilliseconds(100),
        PushPullInterval = TimeSpan.FromSeconds(15),
    };

    /// <summary>One building: the default off loopback.</summary>
    public static MembershipOptions Lan { get; } = new();

    /// <summary>The internet: round trips of hundreds of milliseconds.</summary>
    public static MembershipOptions Wan { get; } = new()
    {
        ProbeInterval = TimeSpan.FromSeconds(3),
        ProbeTimeout = TimeSpan.FromSeconds(1.5),
        GossipInterval = TimeSpan.FromMilliseconds(500),
        PushPullInterval = TimeSpan.FromSeconds(60),
    };

    /// <summary>The options of a preset.</summary>
    public static MembershipOptions Of(MembershipPreset preset) => preset switch
    {
        MembershipPreset.Local => Local,
        MembershipPreset.Lan => Lan,
        _ => Wan,
    };

    /// <summary>
    /// One member is probed each interval (SWIM's protocol period). Longer: less traffic, and every death is found later in
    /// proportion. At least twice <see cref="ProbeTimeout"/>, so that others can be asked within it.
    /// </summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a direct probe waits before others are asked to probe: well above the longest round trip and one lost segment
    /// (200 ms). A node that finds its timers later than this takes itself to have stood still.
    /// </summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Members that are asked to probe when the direct probe was not answered.</summary>
    public int IndirectProbes { get; init; } = 3;

    /// <summary>
    /// The shortest suspicion lasts <c>SuspicionFactor x max(1, log10(n)) x ProbeInterval</c>: the time that a refutation has to get
    /// round. It is most of the time in which a death is found.
    /// </summary>
    public double SuspicionFactor { get; init; } = 4;

    /// <summary>
    /// An unconfirmed suspicion lasts so many times as long as a confirmed one (Lifeguard). More: a node that alone hears badly does
    /// less harm; nothing is lost where others confirm.
    /// </summary>
    public double SuspicionSpread { get; init; } = 6;

    /// <summary>Independent confirmations that bring a suspicion down to its shortest (Lifeguard).</summary>
    public int Confirmations { get; init; } = 3;

    /// <summary>Waiting updates are sent on so often.</summary>
    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Peers that each gossip tick sends to.</summary>
    public int GossipFanout { get; init; } = 3;

    /// <summary>An update is sent on <c>RetransmitFactor x ceil(log10(n + 1))</c> times.</summary>
    public int RetransmitFactor { get; init; } = 4;

    /// <summary>Tables are compared with a random peer so often; also on every new link.</summary>
    public TimeSpan PushPullInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A random dead member is dialled so often, while its tombstone lives: that heals partitions.</summary>
    public TimeSpan DeadDialInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The dead and those who left are remembered so long, so that stale gossip cannot bring them back.</summary>
    public TimeSpan TombstoneLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Lifeguard: a node that is itself slow waits longer before it suspects others, and notices that it stood still.</summary>
    public bool LocalHealth { get; init; } = true;

    /// <summary>Lifeguard: suspicion time by confirmations; without it every suspicion lasts the shortest time.</summary>
    public bool DynamicSuspicion { get; init; } = true;

    /// <summary>Lifeguard's buddy system: whoever probes a suspect tells it so, and it refutes at once.</summary>
    public bool BuddyRefutation { get; init; } = true;

    /// <summary>A member is dead here only when a direct probe of this node's own failed during the suspicion.</summary>
    public bool OwnProbe { get; init; } = true;
}
