using Microsoft.Extensions.Logging;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>
/// Tells the log who came, went, died and came back. Suspicions are for debugging only: most are refuted, and that is no news.
/// </summary>
internal sealed class MemberLog(ILogger logger)
{
    private MeshSnapshot _told = MeshSnapshot.Empty;

    /// <summary>Tells what has changed since the last call.</summary>
    public void Tell(MeshSnapshot mesh)
    {
        foreach (MeshMember member in mesh.Members.Values)
        {
            MeshMember? before = _told.Members.GetValueOrDefault(member.Node);
            if (!ReferenceEquals(before, member))
            {
                Tell(before, member);
            }
        }
        _told = mesh;
    }

    private void Tell(MeshMember? before, MeshMember now)
    {
        if (before is null || before.State != now.State)
        {
            TellState(before, now);
        }
        else if (now.IsLiving && before.Start is { } start && now.Start is { } other && start != other)
        {
            logger.LogInformation("Member {Node} was started anew.", now.Node);
        }
    }

    private void TellState(MeshMember? before, MeshMember now)
    {
        NodeId node = now.Node;
        switch (now.State)
        {
            case MemberState.Alive when before is null:
                logger.LogInformation("Member {Node} joined, at {Addresses}.", node, string.Join(", ", now.Addresses));
                break;
            case MemberState.Alive when !before.IsLiving:
                logger.LogInformation("Member {Node} is back, in incarnation {Incarnation}.", node, now.Incarnation);
                break;
            case MemberState.Alive:
                logger.LogDebug("Member {Node} is no suspect any more.", node);
                break;
            case MemberState.Suspect:
                logger.LogDebug("Member {Node} is suspect: it did not answer a probe.", node);
                break;
            case MemberState.Dead:
                logger.LogWarning(
                    "Member {Node} is dead: it has not answered in time, nor this node's own probe. 'tore doctor' says why.", node);
                break;
            case MemberState.Left:
                logger.LogInformation("Member {Node} left.", node);
                break;
        }
    }
}
