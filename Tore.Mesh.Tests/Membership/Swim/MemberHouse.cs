using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>One node of a <see cref="MemberTown"/>.</summary>
internal sealed class MemberHouse : IMembershipEffects
{
    private readonly MemberTown _town;
    private readonly Queue<Action> _whilePaused = new();
    private readonly KeyedSigner _signer;

    public MemberHouse(MemberTown town, int number, ulong start, ulong storedIncarnation)
    {
        _town = town;
        Number = number;
        _signer = new KeyedSigner(number);
        StoredIncarnation = storedIncarnation;
        Core = new MembershipCore(town.Options, MemberTown.Mesh, this, _signer, KeyedSigner.Verifier,
            new Random(town.Random.Next()), start, storedIncarnation);
    }

    public int Number { get; }

    public NodeId Id => _signer.Id;

    public ISigner Signer => _signer;

    public MembershipCore Core { get; }

    public bool IsUp { get; private set; }

    public bool IsPoweredOff { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>Houses on different sides of a partition do not hear each other.</summary>
    public int Side { get; set; }

    public ulong StoredIncarnation { get; private set; }

    /// <summary>Whether the disk takes writes.</summary>
    public bool CanSave { get; set; } = true;

    public Dictionary<NodeId, TownLink> Links { get; } = [];

    public HashSet<NodeId> Dialling { get; } = [];

    public List<NodeId> Reached { get; } = [];

    /// <summary>What was sent, newest last: the types only.</summary>
    public Dictionary<MessageType, int> Sent { get; } = [];

    /// <summary>Called for each message that goes out; false drops it.</summary>
    public Func<NodeId, object, bool> Lets { get; set; } = static (_, _) => true;

    /// <summary>Every state that a member was seen to enter here.</summary>
    public List<(NodeId Member, MemberState State, TimeSpan At)> History { get; } = [];

    public long BytesSent { get; private set; }

    public Moment Moment => new(_town.Now, 1_767_268_800_000_000 + (_town.Now.Ticks / 10));

    public TimeSpan? NextDeadline => IsUp && !IsPaused ? Core.NextDeadline : null;

    public MemberState? StateOf(MemberHouse other) => Core.Table.TryGet(other.Id, out Member? member) ? member.State : null;

    public Member MemberOf(MemberHouse other) =>
        Core.Table.TryGet(other.Id, out Member? member) ? member : throw new KeyNotFoundException();

    public bool HeldDead(MemberHouse other) => History.Any(h => h.Member == other.Id && h.State == MemberState.Dead);

    public void Begin() => IsUp = Core.Start([$"10.0.0.{Number}:7601"], Moment);

    /// <summary>The process dies; the system closes its links.</summary>
    public void Kill()
    {
        IsUp = false;
        foreach (TownLink link in Links.Values.ToArray())
        {
            link.Close(this, broken: true);
        }
    }

    /// <summary>The machine is gone: nobody is told.</summary>
    public void PowerOff() => (IsUp, IsPoweredOff) = (false, true);

    /// <summary>Stands still: timers and what comes in wait.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>Runs again. What is due and what came in meanwhile are seen in either order, as a real loop may see them.</summary>
    public void Resume()
    {
        IsPaused = false;
        if (IsUp && _town.Random.Next(2) == 0)
        {
            Core.OnTimer(Moment);
        }
        while (_whilePaused.TryDequeue(out Action? action))
        {
            action();
        }
    }

    /// <summary>Hands something to the core, or keeps it until the node runs again.</summary>
    public void Input(Action action)
    {
        if (IsPaused)
        {
            _whilePaused.Enqueue(() => Input(action));
        }
        else if (IsUp)
        {
            action();
        }
    }

    public void Open(TownLink link)
    {
        MemberHouse other = link.Other(this);
        if (Links.TryGetValue(other.Id, out TownLink? old))
        {
            Closed(old, broken: false);
        }
        Links[other.Id] = link;
        var introduction = new Introduction(Core.OwnRecord);
        link.Carry(this, () => other.Input(() =>
        {
            if (other.Links.GetValueOrDefault(Id) == link && !other.Core.OnLinked(Id, introduction.Record, other.Moment))
            {
                link.Close(other, broken: false);
            }
        }));
    }

    /// <summary>A link is gone at this end.</summary>
    public void Closed(TownLink link, bool broken)
    {
        MemberHouse other = link.Other(this);
        if (Links.GetValueOrDefault(other.Id) == link)
        {
            Links.Remove(other.Id);
            Input(() =>
            {
                Core.OnUnlinked(other.Id, broken, Moment);
                Redial(other);
            });
        }
    }

    /// <summary>Dials whom it holds to be living and has no link with, after a while.</summary>
    public void Redial(MemberHouse other)
    {
        if (_town.LinksByItself)
        {
            TimeSpan at = _town.Now + TimeSpan.FromSeconds(0.5 + (0.5 * _town.Random.NextDouble()));
            _town.Later(at, () => Input(() => Want(other.Id)));
        }
    }

    public bool TrySend<T>(NodeId peer, in T message)
        where T : struct, IMessage<T>
    {
        if (!Links.TryGetValue(peer, out TownLink? link))
        {
            return false;
        }
        Sent[T.Type] = Sent.GetValueOrDefault(T.Type) + 1;
        if (!Lets(peer, message))
        {
            return true;
        }
        var body = new ArrayBufferWriter<byte>();
        WireMessage.Write(message, body);
        BytesSent += body.WrittenCount + Frame.HeaderBytes;
        Assert.True(body.WrittenCount + Frame.HeaderBytes <= Limits.ControlFrameBytes);
        MemberHouse other = link.Other(this);
        link.Carry(this, () => other.Input(() =>
            other.Core.OnFrame(Id, T.Type, new ReadOnlySequence<byte>(body.WrittenMemory), other.Moment)));
        return true;
    }

    public void Reach(NodeId peer)
    {
        Reached.Add(peer);
        _town.Dial(this, _town.Of(peer), reached: true);
    }

    public bool TrySaveIncarnation(ulong incarnation)
    {
        if (CanSave)
        {
            Assert.True(incarnation > StoredIncarnation);
            StoredIncarnation = incarnation;
        }
        return CanSave;
    }

    public void MemberChanged(NodeId member)
    {
        if (!Core.Table.TryGet(member, out Member? changed))
        {
            return;
        }
        if (History.LastOrDefault(h => h.Member == member).State != changed.State || History.All(h => h.Member != member))
        {
            History.Add((member, changed.State, _town.Now));
        }
        _town.Soon(() => Input(() => Want(member)));
    }

    /// <summary>Makes or ends the link with a member, as its state says.</summary>
    private void Want(NodeId id)
    {
        if (!Core.Table.TryGet(id, out Member? member))
        {
            return;
        }
        bool hasLink = Links.TryGetValue(id, out TownLink? link);
        if (!member.IsLiving && hasLink && member.IsLinked)
        {
            link!.Close(this, broken: false);
        }
        else if (member.IsLiving && !hasLink && _town.LinksByItself)
        {
            _town.Dial(this, _town.Of(id), reached: false);
        }
    }
}
