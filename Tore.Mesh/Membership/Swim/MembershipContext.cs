using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <summary>What all parts of one <see cref="MembershipCore"/> share.</summary>
internal sealed class MembershipContext
{
    /// <summary>Timing and rules.</summary>
    public required MembershipOptions Options { get; init; }

    /// <summary>The door to the outside.</summary>
    public required IMembershipEffects Effects { get; init; }

    /// <summary>The only source of chance.</summary>
    public required Random Random { get; init; }

    /// <summary>This node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>The timers.</summary>
    public required TimerQueue Timers { get; init; }

    /// <summary>The time during which this node ran.</summary>
    public required ActiveClock Clock { get; init; }

    /// <summary>The members.</summary>
    public MemberTable Table { get; } = new();

    /// <summary>What is counted.</summary>
    public MembershipCounts Counts { get; } = new();

    /// <summary>How well this node does.</summary>
    public required LocalHealth Health { get; init; }

    /// <summary>How long a direct probe waits, as this node feels.</summary>
    public TimeSpan ProbeTimeout => Options.ProbeTimeout * Health.Multiplier;

    /// <summary>How long a whole probe takes, as this node feels.</summary>
    public TimeSpan ProbeInterval => Options.ProbeInterval * Health.Multiplier;

    /// <summary>A uniform part of <paramref name="span"/>.</summary>
    public TimeSpan Part(TimeSpan span) => span * Random.NextDouble();
}
