using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership;

/// <summary>
/// Many peer directories on a network in memory with its own time: dials and messages take a random while, messages of one link stay
/// in order. Everything follows from the seed.
/// </summary>
internal sealed class Town
{
    private readonly PriorityQueue<Action, (TimeSpan, long)> _events = new();
    private readonly List<House> _houses = [];
    private readonly Random _random;
    private long _order;
    private long _links;

    public Town(int seed) => _random = new Random(seed);

    public TimeSpan Now { get; private set; }

    public IReadOnlyList<House> Houses => _houses;

    public static NodeId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public static PeerAddress Address(int number) => new($"10.0.0.{number}", 7601);

    /// <summary>A node that starts now. The same number again is the same node started anew.</summary>
    public House Start(int number, params int[] seeds)
    {
        var house = new House(this, number, (ulong)_random.NextInt64());
        _houses.Add(house);
        foreach (int seed in seeds)
        {
            house.Directory.AddSeed(Address(seed), Now);
        }
        return house;
    }

    public void RunUntil(TimeSpan end)
    {
        while (true)
        {
            TimeSpan? timer = _houses.Where(h => h.IsUp).Min(h => h.Directory.NextDeadline);
            bool hasEvent = _events.TryPeek(out _, out (TimeSpan At, long Order) next);
            if (hasEvent && next.At <= end && !(timer < next.At))
            {
                Now = next.At;
                _events.Dequeue()();
            }
            else if (timer <= end)
            {
                Now = timer.Value > Now ? timer.Value : Now;
                foreach (House house in _houses.Where(h => h.IsUp && h.Directory.NextDeadline <= Now).ToArray())
                {
                    house.Directory.OnTimer(Now);
                }
            }
            else
            {
                break;
            }
        }
        Now = end;
    }

    private void Later(TimeSpan at, Action action) => _events.Enqueue(action, (at, _order++));

    private TimeSpan Latency() => Now + TimeSpan.FromMilliseconds(1 + (40 * _random.NextDouble()));

    private void Dial(House from, PeerAddress address)
    {
        Later(Latency(), () =>
        {
            House? to = _houses.LastOrDefault(h => h.IsUp && h.Address == address);
            if (!from.IsUp)
            {
                return;
            }
            if (to is null || from.IsCutOff || to.IsCutOff)
            {
                from.Directory.OnDialFailed(address, Now);
                return;
            }
            var link = new Link(++_links, from, to);
            from.Open[link.Number] = to.Open[link.Number] = link;
            // The dialled end learns of the link a little later, and what comes first waits behind that.
            Later(link.DueAt(to, Latency()), () =>
            {
                if (to.IsUp && to.Open.ContainsKey(link.Number)
                    && !to.Directory.OnLinkOpened(link.Number, from.Id, from.Address, null, Now))
                {
                    Break(link, to);
                }
            });
            if (!from.Directory.OnLinkOpened(link.Number, to.Id, address, address, Now))
            {
                Break(link, from);
            }
        });
    }

    private void Carry(House from, long number, Action<House> deliver)
    {
        if (from.IsUp && !from.IsCutOff && from.Open.TryGetValue(number, out Link? link))
        {
            House to = link.Other(from);
            Later(link.DueAt(to, Latency()), () =>
            {
                if (to is { IsUp: true, IsCutOff: false } && to.Open.ContainsKey(number))
                {
                    deliver(to);
                }
            });
        }
    }

    /// <summary>One end closes: it is gone there at once, at the other end behind what is under way.</summary>
    private void Break(Link link, House by)
    {
        House other = link.Other(by);
        if (by.Open.Remove(link.Number) && by.IsUp)
        {
            Later(Now, () => by.Directory.OnLinkClosed(link.Number, Now));
        }
        if (by.IsCutOff || other.IsCutOff)
        {
            return; // nobody tells the other end
        }
        Later(link.DueAt(other, Latency()), () =>
        {
            if (other.Open.Remove(link.Number) && other.IsUp)
            {
                other.Directory.OnLinkClosed(link.Number, Now);
            }
        });
    }

    internal sealed class Link(long number, House a, House b)
    {
        private TimeSpan _toA, _toB;

        public long Number => number;

        public House Other(House house) => house == a ? b : a;

        public TimeSpan DueAt(House to, TimeSpan at)
        {
            ref TimeSpan last = ref to == a ? ref _toA : ref _toB;
            return last = at > last ? at : last;
        }
    }

    internal sealed class House : IPeerEffects
    {
        private readonly Town _town;
        private readonly int _number;
        private readonly ulong _start;

        public House(Town town, int number, ulong start)
        {
            _town = town;
            _number = number;
            _start = start;
            Directory = new PeerDirectory(Id, new PeerDirectoryOptions(), this, new Random(number));
        }

        public PeerDirectory Directory { get; }

        public NodeId Id => Id(_number);

        public PeerAddress Address => Address(_number);

        public Dictionary<long, Link> Open { get; } = [];

        /// <summary>What it tells of itself beside its address.</summary>
        public int Slots { get; set; }

        public ulong Revision { get; set; }

        public bool IsUp { get; private set; } = true;

        /// <summary>Packets to and from it vanish, and nobody is told.</summary>
        public bool IsCutOff { get; set; }

        public List<PeerAddress> Dialled { get; } = [];

        public List<int> MemberCounts { get; } = [];

        public int[] Members => [.. Directory.Snapshot.Members.Keys.Select(Number)];

        public static int Number(NodeId id) => BitConverter.ToInt32(id.Value.ToByteArray(), 0);

        /// <summary>The process dies; the system closes its links.</summary>
        public void Kill()
        {
            IsUp = false;
            foreach (Link link in Open.Values.ToArray())
            {
                _town.Break(link, this);
            }
        }

        public void Dial(PeerAddress address)
        {
            Dialled.Add(address);
            _town.Dial(this, address);
        }

        public void SendInfo(long link)
        {
            var info = new NodeInfo
            {
                Node = Id,
                Start = _start,
                Revision = Revision,
                Addresses = [Address.ToString()],
                Slots = Slots,
            };
            _town.Carry(this, link, to => to.Directory.OnInfo(link, info, _town.Now));
        }

        public void SendPeers(long link, IReadOnlyList<KnownPeer> known) =>
            _town.Carry(this, link, to => to.Directory.OnPeers(link, known, _town.Now));

        public void SendPing(long link, uint number) => _town.Carry(this, link, to =>
        {
            to.Directory.OnHeard(link, _town.Now);
            _town.Carry(to, link, back => back.Directory.OnPong(link, number, _town.Now));
        });

        public void SendGoodbye(long link, string code, string text) =>
            _town.Carry(this, link, to => to.Close(link, code, text));

        public void Close(long link, string code, string reason)
        {
            if (Open.TryGetValue(link, out Link? open))
            {
                _town.Break(open, this);
            }
        }

        public void Publish(PeerSnapshot snapshot) => MemberCounts.Add(snapshot.Members.Count);
    }
}
