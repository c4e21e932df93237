namespace Tore.Mesh.Membership.Swim;

/// <summary>So many at once, and so many a second in the long run (a token bucket).</summary>
internal sealed class Allowance(int burst, int perSecond)
{
    private double _left = burst;
    private TimeSpan _at;

    /// <summary>Whether one is left.</summary>
    public bool HasAny(TimeSpan now)
    {
        _left = Math.Min(burst, _left + ((now - _at).TotalSeconds * perSecond));
        _at = now;
        return _left >= 1;
    }

    /// <summary>Takes one that is left.</summary>
    public void Take() => _left--;
}
