using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// How much each address may cause a second, twice as much at once, so that one that floods does not crowd out the others. Beyond
/// <see cref="Limits.MdnsSources"/> addresses, new ones share one count. Called by one loop.
/// </summary>
internal sealed class MdnsThrottle(int perSecond)
{
    private readonly Dictionary<IPAddress, TokenBucket> _sources = [];
    private readonly TokenBucket _others = new(perSecond);
    private TimeSpan _sweepAt;

    /// <summary>Whether this address may cause one more.</summary>
    public bool Allows(IPAddress source, TimeSpan now)
    {
        if (!_sources.TryGetValue(source, out TokenBucket? bucket))
        {
            if (_sources.Count >= Limits.MdnsSources && now >= _sweepAt)
            {
                _sweepAt = now + TimeSpan.FromSeconds(1);
                foreach ((IPAddress quiet, TokenBucket full) in _sources)
                {
                    if (full.IsFull(now))
                    {
                        _sources.Remove(quiet);
                    }
                }
            }
            if (_sources.Count >= Limits.MdnsSources)
            {
                return _others.TryTake(now);
            }
            _sources[source] = bucket = new TokenBucket(perSecond);
        }
        return bucket.TryTake(now);
    }
}
