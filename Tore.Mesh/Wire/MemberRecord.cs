using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// A node's own signed word about itself. It is kept and relayed as the bytes that were received, so that a newer writer's fields
/// and the signature live on. Reading proves nothing: <see cref="Node"/> and all the rest is worth what the signature is worth.
/// </summary>
internal sealed class MemberRecord
{
    private MemberRecord(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> signature)
    {
        Body = body;
        Signature = signature;
    }

    /// <summary>The node that speaks; follows from <see cref="PublicKey"/>, which whoever verifies the record checks.</summary>
    public NodeId Node { get; private init; }

    /// <summary>Its public key.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; private init; }

    /// <summary>Rises whenever the node says something new about itself, or refutes what was said of it.</summary>
    public ulong Incarnation { get; private init; }

    /// <summary>Drawn at random at each start of the node, so that two processes with one key are told apart.</summary>
    public ulong Start { get; private init; }

    /// <summary>Where it can be dialled, <c>host:port</c> or <c>[v6]:port</c>.</summary>
    public IReadOnlyList<string> Addresses { get; private init; } = [];

    /// <summary>Whether it leaves the mesh: its last word of this incarnation.</summary>
    public bool Leaves { get; private init; }

    /// <summary>What was signed, behind <c>tore member</c> and the mesh id.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Of the node's key.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Makes a record of a body that <see cref="WriteBody"/> wrote, and its signature.</summary>
    public static MemberRecord FromBody(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> signature)
    {
        var reader = new MessagePackReader(body.Span);
        return TryReadBody(ref reader, body, signature, out MemberRecord? record)
            ? record!
            : throw new ArgumentException("The body is not a member record.", nameof(body));
    }

    /// <summary>Appends the body: what is to be signed.</summary>
    public static void WriteBody(ref MessagePackWriter writer, ISigner node, ulong incarnation, ulong start,
        IReadOnlyList<string> addresses, bool leaves)
    {
        writer.WriteArrayHeader(6);
        writer.Write(node.Id);
        writer.WriteBinary(node.PublicKey);
        writer.Write(incarnation);
        writer.Write(start);
        writer.Write(addresses);
        writer.Write(leaves);
    }

    /// <summary>Appends the two fields body and signature, as they were received.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteBinary(Body.Span);
        writer.WriteBinary(Signature.Span);
    }

    /// <summary>Reads the two fields body and signature.</summary>
    public static bool TryRead(ref MessagePackReader reader, out MemberRecord? record)
    {
        record = null;
        if (!reader.TryReadBinary(Limits.MemberRecordBytes, out ReadOnlySpan<byte> body)
            || !reader.TryReadBinary(NodeKey.SignatureBytes, out ReadOnlySpan<byte> signature))
        {
            return false;
        }
        // One copy of both.
        byte[] kept = new byte[body.Length + signature.Length];
        body.CopyTo(kept);
        signature.CopyTo(kept.AsSpan(body.Length));
        var inner = new MessagePackReader(body);
        return TryReadBody(ref inner, kept.AsMemory(0, body.Length), kept.AsMemory(body.Length), out record)
            || reader.Refuse(inner.Failure);
    }

    private static bool TryReadBody(
        ref MessagePackReader reader, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> signature, out MemberRecord? record)
    {
        record = null;
        if (!reader.TryReadFields(6, out int added)
            || !reader.TryRead(out NodeId node)
            || !reader.TryReadBinary(LinkIdentity.PublicKeyBytes, out ReadOnlySpan<byte> key))
        {
            return false;
        }
        int keyAt = reader.Consumed - key.Length;
        if (!reader.TryRead(out ulong incarnation)
            || !reader.TryRead(out ulong start)
            || !reader.TryRead(Limits.NodeAddresses, Limits.WireNameBytes, out string[] addresses)
            || !reader.TryRead(out bool leaves)
            || !reader.TrySkip(added))
        {
            return false;
        }
        if (reader.Remaining > 0)
        {
            return reader.Refuse(WireFailure.Malformed);
        }
        record = new MemberRecord(body, signature)
        {
            Node = node,
            PublicKey = body.Slice(keyAt, key.Length),
            Incarnation = incarnation,
            Start = start,
            Addresses = addresses,
            Leaves = leaves,
        };
        return true;
    }
}
