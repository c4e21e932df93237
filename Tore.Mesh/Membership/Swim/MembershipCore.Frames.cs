using System.Buffers;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <content>What peers say.</content>
internal sealed partial class MembershipCore
{
    /// <summary>Whether a message is for <see cref="OnFrame"/>. An introduction is not: it comes with its link.</summary>
    public static bool Handles(MessageType type) => type
        is MessageType.Ping or MessageType.Pong
        or MessageType.PingRequest or MessageType.PingAnswer
        or MessageType.Gossip
        or MessageType.TableDigest or MessageType.TableSummary or MessageType.TableEntries;

    /// <summary>
    /// A linked peer sent one of the messages that <see cref="Handles"/> names. Throws <c>wire_malformed</c> or <c>wire_limit</c> before
    /// anything was changed.
    /// </summary>
    public void OnFrame(NodeId from, MessageType type, in ReadOnlySequence<byte> body, in Moment now)
    {
        if (!Enter(now) || !_context.Table.TryGet(from, out Member? member) || !member.IsLinked)
        {
            return;
        }
        switch (type)
        {
            case MessageType.Ping:
                OnPing(member, WireMessage.Read<Ping>(body));
                break;
            case MessageType.Pong:
                OnPong(member, WireMessage.Read<Pong>(body));
                break;
            case MessageType.PingRequest:
                _relays.OnRequest(member, WireMessage.Read<PingRequest>(body));
                break;
            case MessageType.PingAnswer:
                _prober.OnAnswer(member, WireMessage.Read<PingAnswer>(body));
                break;
            case MessageType.Gossip:
                _rumours.OnUpdates(member, WireMessage.Read<Gossip>(body).Updates, isPush: false);
                break;
            case MessageType.TableDigest:
                _push.OnDigest(member, WireMessage.Read<TableDigest>(body));
                break;
            case MessageType.TableSummary:
                _push.OnSummary(member, WireMessage.Read<TableSummary>(body));
                break;
            case MessageType.TableEntries:
                _push.OnEntries(member, WireMessage.Read<TableEntries>(body));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "This is no message of membership.");
        }
    }

    private void OnPing(Member from, in Ping ping)
    {
        // First what it says of this node: the answer then already refutes it.
        _rumours.OnUpdates(from, ping.Updates, isPush: false);
        _pings.OnPing(from, ping);
    }

    private void OnPong(Member from, in Pong pong)
    {
        _rumours.OnUpdates(from, pong.Updates, isPush: false);
        if (!_pings.OnPong(from, pong, out SentPing ping))
        {
            return;
        }
        _suspicions.OnAnswered(from, ping.SentAt);
        if (ping.Purpose == PingPurpose.Probe)
        {
            _prober.OnAnswered(pong.Sequence);
        }
        else if (ping.Purpose == PingPurpose.Relay)
        {
            _relays.Answer(pong.Sequence, answered: true);
        }
    }
}
