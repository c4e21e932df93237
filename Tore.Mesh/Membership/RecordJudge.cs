using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership;

/// <summary>Whose records count here: their own, for this mesh, of nodes that are admitted. Counts what does not.</summary>
internal sealed class RecordJudge(MeshId mesh, ISignatureVerifier verifier, Func<NodeId, bool> admits, MembershipCounts counts)
{
    /// <summary>Whether the allow and ban lists let a node in.</summary>
    public bool Admits(NodeId node) => admits(node);

    /// <summary>Whether the node that it speaks of signed it, for this mesh. Costs some 100 us: ask late.</summary>
    public bool IsGood(MemberRecord record)
    {
        if (MemberSignature.IsGood(record, mesh, verifier))
        {
            return true;
        }
        counts.BadSignatures++;
        return false;
    }
}
