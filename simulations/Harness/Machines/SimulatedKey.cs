using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Harness.Machines;

/// <summary>
/// A key of the shape of a real one whose signature is a keyed hash: a thousand times cheaper. Its secret stays between it and the
/// <see cref="SimulatedKeys"/> that made it, so no simulated node signs for another.
/// </summary>
internal sealed class SimulatedKey : ISigner
{
    private readonly byte[] _publicKey;
    private readonly ulong _secret;

    /// <summary>Makes a key.</summary>
    public SimulatedKey(byte[] publicKey, ulong secret)
    {
        (_publicKey, _secret) = (publicKey, secret);
        Id = NodeId.FromPublicKey(publicKey);
    }

    /// <summary>Hears of everything that is signed.</summary>
    public Action<NodeId, byte[]>? Signed { get; set; }

    /// <inheritdoc/>
    public NodeId Id { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        Signed?.Invoke(Id, data.ToArray());
        byte[] signature = new byte[NodeKey.SignatureBytes];
        Write(data, signature);
        return signature;
    }

    /// <summary>Whether this key signed.</summary>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> right = stackalloc byte[NodeKey.SignatureBytes];
        Write(data, right);
        return right.SequenceEqual(signature);
    }

    private void Write(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        ulong hash = Mixing.Mix(Mixing.Mix(_secret, data), _secret);
        for (int i = 0; i < signature.Length; i += sizeof(ulong))
        {
            hash = Mixing.Finish(hash + Mixing.Golden);
            BitConverter.TryWriteBytes(signature[i..], hash);
        }
    }
}
