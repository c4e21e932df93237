using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>
/// Many membership cores on a network in memory with its own time. Links behave as TCP: in order, a lost segment is late by 200 ms and
/// holds up what follows. Each house links with every member that it holds to be living, as the link directory does in a small mesh.
/// Everything follows from the seed.
/// </summary>
internal sealed class MemberTown
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly List<MemberHouse> _houses = [];
    private long _order;

    public MemberTown(int seed) => Random = new Random(seed);

    public static MeshId Mesh => new(0x70776e);

    public Random Random { get; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    public MembershipOptions Options { get; set; } = MembershipOptions.Lan;

    /// <summary>The share of segments that are lost, each time they are sent.</summary>
    public double Loss { get; set; }

    /// <summary>Whether a house makes links by itself with whom it holds to be living.</summary>
    public bool LinksByItself { get; set; } = true;

    public IReadOnlyList<MemberHouse> Houses => _houses;

    /// <summary>Those whose process runs.</summary>
    public IEnumerable<MemberHouse> Up => _houses.Where(h => h.IsUp);

    public MemberHouse this[int index] => _houses[index];

    /// <summary>Starts nodes that know the first one, a little one after the other, and lets them find each other.</summary>
    public static MemberTown Of(int count, int seed, MembershipOptions? options = null, double settleSeconds = 10)
    {
        var town = new MemberTown(seed) { Options = options ?? MembershipOptions.Lan };
        for (int i = 0; i < count; i++)
        {
            MemberHouse house = town.Start(i + 1);
            if (i > 0)
            {
                town.Dial(house, town[0], reached: false);
            }
            town.Run(0.01);
        }
        town.Run(settleSeconds);
        return town;
    }

    /// <summary>A node that starts now. A number that was there before is the same node started anew.</summary>
    public MemberHouse Start(int number, ulong storedIncarnation = 0)
    {
        var house = new MemberHouse(this, number, (ulong)Random.NextInt64(), storedIncarnation);
        _houses.Add(house);
        house.Begin();
        return house;
    }

    public void Run(double seconds) => RunUntil(Now + TimeSpan.FromSeconds(seconds), static () => false);

    /// <summary>Runs until something holds, and gives after how many seconds; null when it did not in time.</summary>
    public double? RunUntil(Func<bool> holds, double seconds)
    {
        TimeSpan began = Now;
        return RunUntil(Now + TimeSpan.FromSeconds(seconds), holds) ? (Now - began).TotalSeconds : null;
    }

    /// <summary>Whether every running house holds exactly the running ones to be living.</summary>
    public bool IsSettled()
    {
        int up = Up.Count();
        return Up.All(h => h.Core.Table.Living == up
            && Up.All(other => other == h || h.StateOf(other) is MemberState.Alive or MemberState.Suspect));
    }

    /// <summary>Whether all running houses hold the same members at the same incarnations.</summary>
    public bool AreEqual() => Up.Select(h => h.Core.Table.Digest).Distinct().Count() == 1;

    public void Later(TimeSpan at, Action action) => _events.Enqueue(action, (at > Now ? at : Now, _order++));

    public void Soon(Action action) => Later(Now, action);

    /// <summary>One way through the network.</summary>
    public TimeSpan Latency()
    {
        double milliseconds = 0.2 + (2 * Random.NextDouble());
        for (double resend = 200; Loss > 0 && Random.NextDouble() < Loss; resend *= 2)
        {
            milliseconds += resend;
        }
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>Dials; <paramref name="reached"/> says whether the core asked for it and is told of a failure.</summary>
    public void Dial(MemberHouse from, MemberHouse to, bool reached)
    {
        if (from.Dialling.Add(to.Id))
        {
            // Two round trips of handshake; a dead process refuses, a dead machine is silent.
            TimeSpan handshake = Latency() + Latency() + Latency() + Latency();
            Later(Now + handshake, () => Dialled(from, to, reached));
        }
    }

    private void Dialled(MemberHouse from, MemberHouse to, bool reached)
    {
        MemberHouse? target = _houses.LastOrDefault(h => h.Number == to.Number && h.IsUp);
        bool silent = to.IsPoweredOff || IsCut(from, to) || target is { IsPaused: true };
        if (target is not null && !silent)
        {
            from.Dialling.Remove(to.Id);
            Link(from, target);
            return;
        }
        Later(silent ? Now + TimeSpan.FromSeconds(1) : Now, () =>
        {
            from.Dialling.Remove(to.Id);
            if (reached)
            {
                from.Input(() => from.Core.OnUnreachable(to.Id, from.Moment));
            }
            from.Redial(to);
        });
    }

    /// <summary>Pairs that do not hear each other, though everybody else hears both.</summary>
    public HashSet<(MemberHouse, MemberHouse)> Deaf { get; } = [];

    public bool IsCut(MemberHouse a, MemberHouse b) =>
        a.Side != b.Side || a.IsPoweredOff || b.IsPoweredOff || Deaf.Contains((a, b)) || Deaf.Contains((b, a));

    /// <summary>The house of an id that runs now, or the last that did.</summary>
    public MemberHouse Of(NodeId id) => _houses.LastOrDefault(h => h.Id == id && h.IsUp) ?? _houses.Last(h => h.Id == id);

    /// <summary>Makes a link, unless there is one.</summary>
    public void Link(MemberHouse a, MemberHouse b)
    {
        if (!a.IsUp || !b.IsUp || (a.Links.TryGetValue(b.Id, out TownLink? old) && old.IsOpen && old.Other(a) == b))
        {
            return;
        }
        var link = new TownLink(this, a, b);
        a.Open(link);
        b.Open(link);
    }

    private bool RunUntil(TimeSpan end, Func<bool> holds)
    {
        TimeSpan lookAt = Now;
        while (true)
        {
            if (Now >= lookAt)
            {
                if (holds())
                {
                    return true;
                }
                lookAt = Now + TimeSpan.FromMilliseconds(10);
            }
            TimeSpan? timer = null;
            foreach (MemberHouse house in _houses)
            {
                TimeSpan? next = house.NextDeadline;
                timer = next is not null && !(timer <= next) ? next : timer;
            }
            bool hasEvent = _events.TryPeek(out _, out (TimeSpan At, long Order) first);
            if (hasEvent && first.At <= end && !(timer < first.At))
            {
                Now = first.At;
                _events.Dequeue()();
            }
            else if (timer <= end)
            {
                Now = timer.Value > Now ? timer.Value : Now;
                foreach (MemberHouse house in _houses.Where(h => h.NextDeadline <= Now).ToArray())
                {
                    house.Core.OnTimer(house.Moment);
                }
            }
            else
            {
                Now = end;
                return holds();
            }
        }
    }
}
