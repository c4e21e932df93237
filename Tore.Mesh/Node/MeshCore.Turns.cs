using System.Buffers;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <content>How the parts hear of each other.</content>
internal sealed partial class MeshCore : ILinkEffects, IMembershipEffects, ICapabilityEffects
{
    void ILinkEffects.Dial(PeerAddress address, NodeId? expected) => _effects.Dial(address, expected);

    void ILinkEffects.Introduce(long link) => _effects.TrySend(link, new Introduction(Membership.OwnRecord));

    void ILinkEffects.SayGoodbye(long link, string code, string text) => _effects.TrySend(link, new Goodbye(code, text));

    void ILinkEffects.Close(long link, string code, string reason) => _effects.Close(link, code, reason);

    void ILinkEffects.Unlinked(NodeId peer, bool broken) =>
        _events.Enqueue(new MeshEvent(broken ? MeshEventKind.LinkBroke : MeshEventKind.Unlinked, peer));

    void ILinkEffects.Unreachable(NodeId peer) => _events.Enqueue(new MeshEvent(MeshEventKind.Unreachable, peer));

    void ILinkEffects.LinkChanged(NodeId peer) => Touch(peer);

    bool IMembershipEffects.TrySend<T>(NodeId peer, in T message) => TrySend(peer, message);

    void IMembershipEffects.Reach(NodeId peer) => _events.Enqueue(new MeshEvent(MeshEventKind.Reach, peer));

    bool IMembershipEffects.TrySaveIncarnation(ulong incarnation) => _effects.TrySaveIncarnation(incarnation);

    void IMembershipEffects.MemberChanged(NodeId member) => _events.Enqueue(new MeshEvent(MeshEventKind.Member, member));

    bool ICapabilityEffects.TrySend<T>(NodeId peer, in T message) => TrySend(peer, message);

    void ICapabilityEffects.RecordChanged(NodeId node) => Touch(node);

    private bool TrySend<T>(NodeId peer, in T message)
        where T : struct, IMessage<T> => _directory.LinkTo(peer) is { } link && _effects.TrySend(link.Number, message);

    private void OnFrame(ControlLink link, MessageType type, in ReadOnlySequence<byte> body, in Moment now)
    {
        switch (type)
        {
            case MessageType.Goodbye:
                Goodbye goodbye = WireMessage.Read<Goodbye>(body);
                _effects.Close(link.Number, goodbye.Code, goodbye.Text);
                break;
            case MessageType.Introduction:
                OnIntroduction(link, WireMessage.Read<Introduction>(body).Record, now);
                break;
            default:
                if (!link.IsIntroduced)
                {
                    throw new ToreException(ErrorCodes.WireMalformed, $"The peer sent {type} before it had introduced itself.");
                }
                if (CapabilityIndex.Handles(type))
                {
                    Capabilities.OnFrame(link.Peer.Node, type, body, now);
                    break;
                }
                Membership.OnFrame(link.Peer.Node, type, body, now);
                if (type == MessageType.Pong)
                {
                    Capabilities.OnOwnMoved(Membership.Coordinate.Value, now);
                    // A new round trip: to be seen when somebody looks, no reason to tell everybody.
                    _dirty.Add(link.Peer.Node);
                }
                break;
        }
    }

    private void OnIntroduction(ControlLink link, MemberRecord record, in Moment now)
    {
        NodeId peer = link.Peer.Node;
        if (record.Node != peer)
        {
            throw new ToreException(ErrorCodes.WireMalformed, "The peer introduced itself under an id that is not its own.");
        }
        if (!_directory.OnIntroduced(link, record.Start, now, out bool replaced))
        {
            Membership.OnHeard(record, now);
            return;
        }
        if (replaced)
        {
            Membership.OnUnlinked(peer, broken: false, now);
            Capabilities.OnUnlinked(peer);
        }
        if (Membership.OnLinked(peer, record, now))
        {
            // Before the link: the peer sends its record on it by itself. Who is dead here is not a member before it has refuted that.
            Tell(peer, now);
            Capabilities.OnLinked(peer, now);
            Touch(peer);
        }
        else if (Membership.IsGood(record))
        {
            _directory.Refuse(link, ErrorCodes.TooManyLinks, "This node knows as many members as it can.", now);
        }
        else
        {
            _directory.Refuse(link, ErrorCodes.WireMalformed, "The peer's record does not bear its signature for this mesh.", now);
        }
    }

    /// <summary>Ends an input: delivers what the parts have for each other, and says once if there is something new to see.</summary>
    private void Settle(in Moment now)
    {
        Deliver(now);
        _now = now;
        if (_started)
        {
            Capabilities.OnOwnIncarnation(Membership.OwnRecord.Incarnation);
        }
        if (_changed)
        {
            _changed = false;
            _effects.Changed();
        }
    }

    private void Deliver(in Moment now)
    {
        while (_events.TryDequeue(out MeshEvent next))
        {
            switch (next.Kind)
            {
                case MeshEventKind.Unlinked:
                case MeshEventKind.LinkBroke:
                    Membership.OnUnlinked(next.Node, next.Kind == MeshEventKind.LinkBroke, now);
                    Capabilities.OnUnlinked(next.Node);
                    Touch(next.Node);
                    break;
                case MeshEventKind.Unreachable:
                    Membership.OnUnreachable(next.Node, now);
                    break;
                case MeshEventKind.Reach:
                    _directory.Reach(next.Node, _options.Membership.ProbeInterval, now);
                    break;
                case MeshEventKind.Member:
                    OnMember(next.Node, now);
                    break;
            }
        }
    }

    private void OnMember(NodeId node, in Moment now)
    {
        _directory.OnMember(node, Tell(node, now), now);
        Touch(node);
    }

    /// <summary>Tells the capability index whether a node is a member; true when it is.</summary>
    private bool Tell(NodeId node, in Moment now)
    {
        if (Membership.Table.TryGet(node, out Member? member) && member.IsLiving)
        {
            Capabilities.OnMember(node, member.Record.PublicKey, now);
            return true;
        }
        Capabilities.OnMemberGone(node);
        return false;
    }
}
