namespace Tore.Mesh.Harness.Network;

/// <summary>Something that is wrong with the ways between two groups of machines, in one direction, as long as the rule stands.</summary>
internal sealed class PathRule
{
    private readonly bool[] _from;
    private readonly bool[] _to;

    /// <summary>Makes a rule for messages from the one group to the other; a machine may be in both.</summary>
    public PathRule(bool[] from, bool[] to) => (_from, _to) = (from, to);

    /// <summary>When it was taken away.</summary>
    public TimeSpan EndedAt { get; set; }

    /// <summary>Nothing passes.</summary>
    public bool Cuts { get; init; }

    /// <summary>So many more segments are lost.</summary>
    public double Loss { get; init; }

    /// <summary>It takes so much longer.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>It carries at most so much; 0 is no limit.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Whether it is about this way.</summary>
    public bool Covers(int from, int to) => from < _from.Length && to < _to.Length && _from[from] && _to[to];
}
