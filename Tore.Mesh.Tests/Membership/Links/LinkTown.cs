using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Links;

/// <summary>
/// Many link directories on a network in memory with its own time: dials and messages take a random while, messages of one link stay
/// in order. Membership is the simplest there is: whoever meets somebody tells all its peers, and nobody dies but by
/// <see cref="Bury"/>. Everything follows from the seed.
/// </summary>
internal sealed class LinkTown(int seed, LinkDirectoryOptions? options = null)
{
    private readonly PriorityQueue<Action, (TimeSpan, long)> _events = new();
    private readonly List<LinkHouse> _houses = [];
    private readonly Random _random = new(seed);
    private long _order;
    private long _links;

    public TimeSpan Time { get; private set; }

    public Moment Now => new(Time, 1_000_000 + (long)Time.TotalMicroseconds);

    public LinkDirectoryOptions Options { get; } = options ?? new LinkDirectoryOptions();

    public IReadOnlyList<LinkHouse> Houses => _houses;

    public LinkHouse[] Up => [.. _houses.Where(h => h.IsUp)];

    public static NodeId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public static int Number(NodeId id) => BitConverter.ToInt32(id.Value.ToByteArray(), 0);

    public static PeerAddress Address(int number) => new($"10.0.{number / 256}.{number % 256}", 7601);

    /// <summary>A node that starts now. The same number again is the same node started anew.</summary>
    public LinkHouse Start(int number, params int[] seeds)
    {
        var house = new LinkHouse(this, number, (ulong)_random.NextInt64());
        _houses.Add(house);
        foreach (int known in seeds)
        {
            house.Directory.AddSeed(Address(known), Now);
        }
        return house;
    }

    /// <summary>Everybody's member table holds the node no longer.</summary>
    public void Bury(int number)
    {
        foreach (LinkHouse house in Up)
        {
            house.Forget(Id(number));
        }
    }

    public void RunFor(double seconds) => RunUntil(Time + TimeSpan.FromSeconds(seconds));

    public void RunUntil(TimeSpan end)
    {
        while (true)
        {
            TimeSpan? timer = _houses.Where(h => h.IsUp).Min(h => h.Directory.NextDeadline);
            bool hasEvent = _events.TryPeek(out _, out (TimeSpan At, long Order) next);
            if (hasEvent && next.At <= end && !(timer < next.At))
            {
                Time = next.At;
                _events.Dequeue()();
            }
            else if (timer <= end)
            {
                Time = timer.Value > Time ? timer.Value : Time;
                foreach (LinkHouse house in _houses.Where(h => h.IsUp && h.Directory.NextDeadline <= Time).ToArray())
                {
                    house.Directory.OnTimer(Now);
                }
            }
            else
            {
                break;
            }
        }
        Time = end;
    }

    internal void Dial(LinkHouse from, PeerAddress address, NodeId? expected) => Later(Latency(), () =>
    {
        LinkHouse? to = _houses.LastOrDefault(h => h.IsUp && h.Listens.Contains(address));
        if (!from.IsUp)
        {
            return;
        }
        if (to is null || from.IsCutOff || to.IsCutOff)
        {
            from.Directory.OnDialFailed(address, ErrorCodes.PeerUnreachable, "Nobody answered.", Now);
            return;
        }
        if (to == from)
        {
            from.Directory.OnDialledSelf(address, Now);
            return;
        }
        if (expected is { } id && id != to.Id)
        {
            from.Directory.OnDialFailed(address, ErrorCodes.WrongPeer, "Somebody else answered.", Now);
            return;
        }
        var link = new HouseLink(from, to);
        // The dialled end learns of the link a little later, and what comes first waits behind that.
        Later(link.DueAt(to, Latency()), () => Open(link, to, from.Address, dialled: null));
        Open(link, from, address, address);
    });

    internal void Carry(LinkHouse from, long number, Action<LinkHouse, long> deliver)
    {
        if (from.IsUp && !from.IsCutOff && from.Open.TryGetValue(number, out HouseLink? link))
        {
            LinkHouse to = link.Other(from);
            Later(link.DueAt(to, Latency()), () =>
            {
                if (to is { IsUp: true, IsCutOff: false } && link.NumberAt(to) is > 0 and long there)
                {
                    deliver(to, there);
                }
            });
        }
    }

    /// <summary>One end closes: it is gone there at once, at the other end behind what is under way.</summary>
    internal void Break(HouseLink link, LinkHouse by, string? code)
    {
        LinkHouse other = link.Other(by);
        if (Take(link, by) is > 0 and long number && by.IsUp)
        {
            Later(Time, () => by.Directory.OnLinkClosed(number, code, Now));
        }
        if (by.IsCutOff || other.IsCutOff)
        {
            return; // nobody tells the other end
        }
        Later(link.DueAt(other, Latency()), () =>
        {
            if (Take(link, other) is > 0 and long there && other.IsUp)
            {
                other.Directory.OnLinkClosed(there, code, Now);
            }
        });
    }

    private void Open(HouseLink link, LinkHouse at, PeerAddress remote, PeerAddress? dialled)
    {
        if (at.IsUp)
        {
            link.NumberAt(at) = ++_links;
            at.Open[_links] = link;
            at.Directory.OnLinkOpened(_links, link.Other(at).Id, remote, dialled, Now);
        }
    }

    private static long Take(HouseLink link, LinkHouse at)
    {
        long number = link.NumberAt(at);
        at.Open.Remove(number);
        link.NumberAt(at) = 0;
        return number;
    }

    private void Later(TimeSpan at, Action action) => _events.Enqueue(action, (at, _order++));

    private TimeSpan Latency() => Time + TimeSpan.FromMilliseconds(1 + (40 * _random.NextDouble()));
}
