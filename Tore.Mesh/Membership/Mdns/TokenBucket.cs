namespace Tore.Mesh.Membership.Mdns;

/// <summary>Lets so much pass a second, and twice as much at once after a pause.</summary>
internal sealed class TokenBucket(int perSecond)
{
    private double _tokens = 2 * perSecond;
    private TimeSpan _at;

    /// <summary>When the next one may pass.</summary>
    public TimeSpan NextAt(TimeSpan now)
    {
        Fill(now);
        return _tokens >= 1 ? now : now + TimeSpan.FromSeconds((1 - _tokens) / perSecond);
    }

    /// <summary>Takes one, or says no.</summary>
    public bool TryTake(TimeSpan now)
    {
        Fill(now);
        // What NextAt promised is kept although the division was not exact.
        if (_tokens < 1 - 1e-6)
        {
            return false;
        }
        _tokens--;
        return true;
    }

    /// <summary>Takes one that passes in any case: what lacks is waited for later.</summary>
    public void Take(TimeSpan now)
    {
        Fill(now);
        _tokens--;
    }

    /// <summary>Whether it is as full as it can be, as one never used.</summary>
    public bool IsFull(TimeSpan now)
    {
        Fill(now);
        return _tokens >= 2 * perSecond;
    }

    private void Fill(TimeSpan now)
    {
        if (now > _at)
        {
            _tokens = Math.Min(2 * perSecond, _tokens + ((now - _at).TotalSeconds * perSecond));
            _at = now;
        }
    }
}
