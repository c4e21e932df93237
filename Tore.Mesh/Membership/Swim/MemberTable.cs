using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// All other members that this node knows of, tombstones included. Every change costs the same however many there are; the digest is
/// kept with each.
/// </summary>
internal sealed class MemberTable
{
    private readonly Dictionary<NodeId, Member> _members = [];
    private readonly List<Member> _living = [];
    private readonly List<Member> _linked = [];
    private MemberRecord? _own;
    private ulong _others;

    /// <summary>Everybody else, in no order of meaning, tombstones included.</summary>
    public IReadOnlyCollection<Member> Members => _members.Values;

    /// <summary>Those that are alive or suspect.</summary>
    public IReadOnlyList<Member> LivingMembers => _living;

    /// <summary>Those with a control link, in whatever state.</summary>
    public IReadOnlyList<Member> LinkedMembers => _linked;

    /// <summary>The dead and departed.</summary>
    public Tombstones Tombstones { get; } = new();

    /// <summary>Members that are alive or suspect, this node included: the n of all formulas.</summary>
    public int Living => _living.Count + 1;

    /// <summary>Whether no further living member is taken in.</summary>
    public bool IsFull => Living >= Limits.Members;

    /// <summary>This node's own record.</summary>
    public MemberRecord Own
    {
        get => _own ?? throw new InvalidOperationException("The core has not started.");
        set => _own = value;
    }

    /// <summary>Of the ids and incarnations of the living, this node included; equal tables have equal ones, in whatever order.</summary>
    public ulong Digest => _others ^ DigestOf(Own.Node, Own.Incarnation);

    /// <summary>Looks a member up.</summary>
    public bool TryGet(NodeId id, [NotNullWhen(true)] out Member? member) => _members.TryGetValue(id, out member);

    /// <summary>Takes a new member in, alive.</summary>
    public Member Add(MemberRecord record, TimeSpan elapsed)
    {
        var member = new Member(record) { State = MemberState.Alive, Since = elapsed };
        _members.Add(member.Id, member);
        Join(_living, member, static (m, at) => m.LivingAt = at);
        _others ^= DigestOf(member.Id, member.Incarnation);
        return member;
    }

    /// <summary>Gives a member a newer record; its state stays.</summary>
    public void Renew(Member member, MemberRecord record)
    {
        if (member.IsLiving)
        {
            _others ^= DigestOf(member.Id, member.Incarnation) ^ DigestOf(member.Id, record.Incarnation);
        }
        member.Record = record;
    }

    /// <summary>Moves a member from one state to another, at a moment and its time on the active clock.</summary>
    public void SetState(Member member, MemberState state, in Moment at, TimeSpan now)
    {
        if (member.State == state)
        {
            return;
        }
        bool wasLiving = member.IsLiving;
        (member.State, member.Since) = (state, at.Elapsed);
        if (wasLiving != member.IsLiving)
        {
            _others ^= DigestOf(member.Id, member.Incarnation);
        }
        if (member.IsLiving)
        {
            Tombstones.Remove(member);
            if (!wasLiving)
            {
                Join(_living, member, static (m, index) => m.LivingAt = index);
            }
            return;
        }
        if (wasLiving)
        {
            Part(_living, member, member.LivingAt, static (m, index) => m.LivingAt = index);
        }
        Tombstones.Set(member, now);
    }

    /// <summary>Forgets a member altogether.</summary>
    public void Forget(Member member)
    {
        if (member.IsLiving)
        {
            _others ^= DigestOf(member.Id, member.Incarnation);
            Part(_living, member, member.LivingAt, static (m, index) => m.LivingAt = index);
        }
        Tombstones.Remove(member);
        SetLinked(member, linked: false);
        _members.Remove(member.Id);
    }

    /// <summary>A control link with a member stands, or does no more.</summary>
    public void SetLinked(Member member, bool linked)
    {
        if (linked == member.IsLinked)
        {
            return;
        }
        member.PushPull = default;
        if (linked)
        {
            Join(_linked, member, static (m, at) => m.LinkedAt = at);
        }
        else
        {
            Part(_linked, member, member.LinkedAt, static (m, at) => m.LinkedAt = at);
        }
    }

    private static void Join(List<Member> list, Member member, Action<Member, int> place)
    {
        place(member, list.Count);
        list.Add(member);
    }

    /// <summary>Takes a member out; the last one takes its place.</summary>
    private static void Part(List<Member> list, Member member, int at, Action<Member, int> place)
    {
        Member last = list[^1];
        list[at] = last;
        place(last, at);
        list.RemoveAt(list.Count - 1);
        place(member, -1);
    }

    /// <summary>Spreads an id and an incarnation over 64 bits, the same on every machine.</summary>
    private static ulong DigestOf(NodeId id, ulong incarnation)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        ulong mixed = Mix(BinaryPrimitives.ReadUInt64BigEndian(bytes));
        mixed = Mix(mixed ^ BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        return Mix(mixed ^ incarnation);
    }

    /// <summary>The finisher of SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
