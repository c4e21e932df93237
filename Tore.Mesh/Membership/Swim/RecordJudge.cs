using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>Whose records count here: their own, for this mesh, of nodes that are admitted. Counts what does not.</summary>
internal sealed class RecordJudge(
    MeshId mesh, ISignatureVerifier verifier, Func<NodeId, bool> admits, MemberTable table, MembershipCounts counts)
{
    /// <summary>Whether the allow and ban lists let a node in.</summary>
    public bool Admits(NodeId node) => admits(node);

    /// <summary>Whether the node that it speaks of signed it, for this mesh. Costs some 100 us: ask late.</summary>
    public bool IsGood(MemberRecord record)
    {
        // The key of a member that is known need not be derived again.
        if ((HasKnownKey(record) || MemberSignature.IsKeyOfNode(record)) && MemberSignature.IsSigned(record, mesh, verifier))
        {
            return true;
        }
        counts.BadSignatures++;
        return false;
    }

    private bool HasKnownKey(MemberRecord record) =>
        table.TryGet(record.Node, out Member? known) && known.Record.PublicKey.Span.SequenceEqual(record.PublicKey.Span);
}
