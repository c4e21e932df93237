namespace Tore.Mesh.Membership.Swim;

/// <summary>What is due when a <see cref="MemberTimer"/> is.</summary>
internal enum MemberTimerKind
{
    /// <summary>The next member is to be probed.</summary>
    Probe,

    /// <summary>A direct probe was not answered: others are to be asked.</summary>
    ProbeTimeout,

    /// <summary>A probe was answered by nobody: its verdict.</summary>
    ProbeEnd,

    /// <summary>A probe for another node was not answered: it is told no.</summary>
    RelayEnd,

    /// <summary>This node's own probe of a suspect.</summary>
    OwnProbe,

    /// <summary>A suspicion has lasted long enough.</summary>
    SuspicionEnd,

    /// <summary>News is to be sent on.</summary>
    Gossip,

    /// <summary>A table is to be compared.</summary>
    PushPull,

    /// <summary>A dead member is to be dialled.</summary>
    DeadDial,

    /// <summary>The oldest tombstone ends.</summary>
    Tombstone,

    /// <summary>The own incarnation is to be raised, which had to wait.</summary>
    Raise,
}
