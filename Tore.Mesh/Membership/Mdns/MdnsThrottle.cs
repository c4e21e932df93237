using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// How many packets each address may have read, so that one that floods does not crowd out the others. Beyond
/// <see cref="Limits.MdnsSources"/> addresses, new ones share one count. Called by one loop.
/// </summary>
internal sealed class MdnsThrottle
{
    private readonly Dictionary<IPAddress, TokenBucket> _sources = [];
    private readonly TokenBucket _others = new(Limits.MdnsPacketsPerSecond);
    private TimeSpan _sweepAt;

    /// <summary>Whether a packet of this address is to be read.</summary>
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
            _sources[source] = bucket = new TokenBucket(Limits.MdnsPacketsPerSecond);
        }
        return bucket.TryTake(now);
    }
}
