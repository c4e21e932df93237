using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>One row of the <see cref="MemberTable"/>: another node, as it stands here. Only the core changes it.</summary>
internal sealed class Member(MemberRecord record)
{
    /// <summary>The node.</summary>
    public NodeId Id { get; } = record.Node;

    /// <summary>Its newest word about itself.</summary>
    public MemberRecord Record { get; set; } = record;

    /// <summary>The incarnation that <see cref="State"/> is about.</summary>
    public ulong Incarnation => Record.Incarnation;

    /// <summary>Which start of the node.</summary>
    public ulong Start => Record.Start;

    /// <summary>Where it says that it can be dialled.</summary>
    public IReadOnlyList<string> Addresses => Record.Addresses;

    /// <summary>What this node holds of it.</summary>
    public MemberState State { get; set; }

    /// <summary>Since when, on <see cref="Moment.Elapsed"/>.</summary>
    public TimeSpan Since { get; set; }

    /// <summary>Whether it is alive or suspect.</summary>
    public bool IsLiving => State is MemberState.Alive or MemberState.Suspect;

    /// <summary>Whether a control link with it stands.</summary>
    public bool IsLinked => LinkedAt >= 0;

    /// <summary>The last round trip of a ping; null before the first.</summary>
    public TimeSpan? RoundTrip { get; set; }

    /// <summary>Where it says it is in the network; null until it knows.</summary>
    public WireCoordinate? Coordinate { get; set; }

    /// <summary>The suspicion against it, while it is suspect.</summary>
    public Suspicion? Suspicion { get; set; }

    /// <summary>The probe of it that is under way; null where none is.</summary>
    public Probe? Probe { get; set; }

    /// <summary>Its tombstone, while it is dead or has left.</summary>
    public LinkedListNode<Member>? Tombstone { get; set; }

    /// <summary>When the tombstone was set, on the active clock.</summary>
    public TimeSpan BuriedAt { get; set; }

    /// <summary>Its place among the living, -1 without.</summary>
    public int LivingAt { get; set; } = -1;

    /// <summary>Its place among the linked, -1 without.</summary>
    public int LinkedAt { get; set; } = -1;

    /// <summary>Its place among the dead, -1 without.</summary>
    public int DeadAt { get; set; } = -1;

    /// <summary>How many newer records of it are taken, and how soon.</summary>
    public Allowance Renewals { get; } = new(Limits.MemberRecordBurst, Limits.MemberRecordsPerSecond);

    /// <summary>How many signatures are checked of what it brings, and how soon.</summary>
    public Allowance Checks { get; } = new(Limits.SignatureCheckBurst, Limits.SignatureChecksPerSecond);

    /// <summary>How far a push-pull over the link has come.</summary>
    public PushPullProgress PushPull { get; set; }

    /// <summary>The last summary that named it, by number.</summary>
    public uint SummarySeen { get; set; }

    /// <summary>What this node holds against it and would tell it; null where there is nothing.</summary>
    public MemberUpdate? Accusation(NodeId self) => State switch
    {
        MemberState.Suspect => MemberUpdate.Suspect(Id, Incarnation, Suspicion!.FirstAccuser),
        MemberState.Dead => MemberUpdate.Dead(Id, Incarnation, self),
        _ => null,
    };
}
