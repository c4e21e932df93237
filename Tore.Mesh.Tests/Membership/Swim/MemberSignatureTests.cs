using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

public sealed class MemberSignatureTests
{
    private static readonly MeshId Mesh = new(0x0123456789abcdef);

    [Fact]
    public void IsGood_RealKey_OwnRecordOfThisMesh_IsTrue()
    {
        using NodeKey key = NodeKey.Create();
        MemberRecord record = MemberSignature.Sign(key, Mesh, 3, 4, ["192.0.2.1:7601", "[2001:db8::1]:7601"], leaves: true);

        Assert.True(MemberSignature.IsGood(record, Mesh, EcdsaVerifier.Instance));
        Assert.Equal((key.Id, 3ul, 4ul, true), (record.Node, record.Incarnation, record.Start, record.Leaves));
        Assert.Equal(["192.0.2.1:7601", "[2001:db8::1]:7601"], record.Addresses);
        Assert.False(MemberSignature.IsGood(record, new MeshId(Mesh.Value + 1), EcdsaVerifier.Instance));
    }

    [Fact]
    public void IsGood_AnyByteChanged_IsFalse()
    {
        using NodeKey key = NodeKey.Create();
        MemberRecord record = MemberSignature.Sign(key, Mesh, 300, 4, ["192.0.2.1:7601"], leaves: false);
        byte[] bytes = [.. Encoded(record)];
        int read = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            var reader = new MessagePackReader(changed);
            if (MemberRecord.TryRead(ref reader, out MemberRecord? other) && reader.Remaining == 0)
            {
                read++;
                Assert.False(MemberSignature.IsGood(other!, Mesh, EcdsaVerifier.Instance), $"byte {i}");
            }
        }
        // Most changes still read: it is the signature that refuses them.
        Assert.InRange(read, bytes.Length / 2, bytes.Length);
    }

    [Fact]
    public void IsGood_AnothersIdOverTheOwnKey_IsFalse()
    {
        var victim = new KeyedSigner(1);
        var liar = new KeyedSigner(2);
        MemberRecord honest = MemberSignature.Sign(liar, Mesh, 5, 6, [], leaves: false);
        byte[] body = [.. honest.Body.Span];
        victim.Id.Value.ToByteArray(bigEndian: true).CopyTo(body, 3);
        var signed = new ArrayBufferWriter<byte>();
        signed.Write("tore member"u8);
        Mesh.CopyTo(signed.GetSpan(8));
        signed.Advance(8);
        signed.Write(body);
        MemberRecord stolen = MemberRecord.FromBody(body, liar.Sign(signed.WrittenSpan));

        Assert.Equal(victim.Id, stolen.Node);
        Assert.True(MemberSignature.IsGood(honest, Mesh, KeyedSigner.Verifier));
        Assert.False(MemberSignature.IsGood(stolen, Mesh, KeyedSigner.Verifier));
    }

    [Fact]
    public void TryRead_NewerWritersFields_LiveOnWithTheSignature()
    {
        var signer = new KeyedSigner(1);
        byte[] body = [.. MemberSignature.Sign(signer, Mesh, 5, 6, ["a:1"], leaves: false).Body.Span, 0xa3, 0x6e, 0x65, 0x77];
        body[0] = 0x97;
        MemberRecord record = MemberRecord.FromBody(body, new byte[] { 1, 2, 3 });

        var reader = new MessagePackReader(Encoded(record));
        Assert.True(MemberRecord.TryRead(ref reader, out MemberRecord? relayed));
        Assert.Equal(body, relayed!.Body.ToArray());
        Assert.Equal(5ul, relayed.Incarnation);
    }

    private static byte[] Encoded(MemberRecord record)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        record.Write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
