using System.Collections.Immutable;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <content>What the core shows: made when somebody looks, out of the last and what changed since.</content>
internal sealed partial class MeshCore
{
    private readonly HashSet<NodeId> _dirty = [];
    private MeshSnapshot _snapshot = MeshSnapshot.Empty;
    private Moment _now;
    private long _contactsVersion;
    private long _strangersVersion;

    /// <summary>The mesh as it stands; made when it is asked for, of what has changed since it was last asked for.</summary>
    public MeshSnapshot Snapshot
    {
        get
        {
            if (_started)
            {
                MeshSnapshot next = Make();
                // Records compare their collections by reference: equal is what nothing was made anew for.
                _snapshot = next == _snapshot ? _snapshot : next with { Version = _snapshot.Version + 1 };
            }
            return _snapshot;
        }
    }

    private MeshSnapshot Make()
    {
        MeshSnapshot next = _snapshot with
        {
            Members = Members(),
            Incarnation = Membership.OwnRecord.Incarnation,
            ClockOffsetMicroseconds = Membership.Clock.Readings == 0 ? null : Microseconds(Membership.Clock.Offset(_now)),
            LocalHealth = Membership.LocalHealth,
            DuplicateKeySince = Membership.DuplicateKey?.Since,
            IsPartial = _directory.IsSparse,
        };
        if (_contactsVersion != _directory.ContactsVersion)
        {
            _contactsVersion = _directory.ContactsVersion;
            next = next with { Contacts = _directory.Contacts() };
        }
        if (_strangersVersion != _strangers.Version)
        {
            _strangersVersion = _strangers.Version;
            next = next with { Strangers = _strangers.All() };
        }
        return next;
    }

    private ImmutableSortedDictionary<NodeId, MeshMember> Members()
    {
        if (_dirty.Count == 0)
        {
            return _snapshot.Members;
        }
        ImmutableSortedDictionary<NodeId, MeshMember>.Builder members = _snapshot.Members.ToBuilder();
        foreach (NodeId node in _dirty)
        {
            if (Membership.Table.TryGet(node, out Member? member))
            {
                members[node] = Shown(member);
            }
            else
            {
                members.Remove(node);
            }
        }
        _dirty.Clear();
        return members.ToImmutable();
    }

    private MeshMember Shown(Member member)
    {
        ControlLink? link = _directory.LinkTo(member.Id);
        return new MeshMember
        {
            Node = member.Id,
            State = member.State,
            Incarnation = member.Incarnation,
            Start = member.Start,
            Since = member.Since,
            Addresses = member.Addresses,
            Link = link?.Number,
            Remote = link?.Remote,
            LinkedSince = _directory.LinkedSince(member.Id),
            RoundTrip = member.RoundTrip,
            PredictedRoundTrip = member.Coordinate is { } there ? Membership.Coordinate.Value.RoundTripTo(there) : null,
            ClockOffsetMicroseconds = Membership.Clock.OffsetOf(member.Id, _now) is { } offset ? Microseconds(offset) : null,
            Capabilities = Capabilities.InfoOf(member.Id),
        };
    }

    /// <summary>Something that others want to see at once.</summary>
    private void Touch(NodeId node)
    {
        _dirty.Add(node);
        _changed = true;
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
