using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Replication;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>Member and capability records with real signatures: whatever is changed in one, it counts for nothing.</summary>
internal sealed class RecordTarget : FuzzTarget, IDisposable
{
    private static readonly MeshId Mesh = new(42);

    private readonly NodeKey _key = NodeKey.Create();
    private readonly RecordSeal _seal = new("tore capability", Mesh, EcdsaVerifier.Instance);
    private readonly HashSet<string> _signed = [];

    public RecordTarget()
    {
        List<byte[]> corpus = [];
        for (ulong i = 1; i <= 4; i++)
        {
            MemberRecord member = MemberSignature.Sign(_key, Mesh, i, 7, ["192.0.2.1:7600", "[fe80::1%2]:7600"], leaves: i == 4);
            corpus.Add(Encode((ref MessagePackWriter w) =>
            {
                w.Write(0);
                member.Write(ref w);
            }));
            _signed.Add(Convert.ToHexString(member.Body.Span));
            var stamp = new RecordStamp(i, 2);
            byte[] body = Encode((ref MessagePackWriter w) => CapabilityRecord.WriteBody(
                ref w, _key.Id, stamp, new NodeInfo { Node = _key.Id, Version = "1.2.3", Isa = "AVX2", Slots = 4 }));
            SignedBody signed = _seal.Sign(_key, body);
            corpus.Add(Encode((ref MessagePackWriter w) =>
            {
                w.Write(1);
                signed.Write(ref w);
            }));
            _signed.Add(Convert.ToHexString(body));
        }
        Corpus = corpus;
    }

    private delegate void Writing(ref MessagePackWriter writer);

    /// <inheritdoc/>
    public override string Name => "signed records";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus { get; }

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        var reader = new MessagePackReader(input);
        if (!reader.TryReadCount(out int kind))
        {
            return false;
        }
        ReadOnlyMemory<byte> body;
        bool good;
        if (kind == 0)
        {
            if (!MemberRecord.TryRead(ref reader, out MemberRecord? member))
            {
                return false;
            }
            (body, good) = (member!.Body, MemberSignature.IsGood(member, Mesh, EcdsaVerifier.Instance));
        }
        else
        {
            if (!CapabilityRecord.TryRead(ref reader, out CapabilityRecord? record))
            {
                return false;
            }
            (body, good) = (record!.Signed.Body, _seal.IsGood(_key.Identity.PublicKey, record.Signed));
        }
        return !good || _signed.Contains(Convert.ToHexString(body.Span))
            ? good
            : throw new InvalidOperationException("a record counts that nobody signed");
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static byte[] Encode(Writing write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
