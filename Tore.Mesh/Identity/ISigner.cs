using Tore.Mesh.Primitives;

namespace Tore.Mesh.Identity;

/// <summary>Signs what a node says of itself: <see cref="NodeKey"/>, or in the simulator a cheap scheme of the same shape.</summary>
internal interface ISigner
{
    /// <summary>The node that signs.</summary>
    NodeId Id { get; }

    /// <summary>Its public key, from which <see cref="Id"/> follows (<see cref="NodeId.FromPublicKey"/>).</summary>
    ReadOnlySpan<byte> PublicKey { get; }

    /// <summary>Signs SHA-256 of <paramref name="data"/>: <see cref="NodeKey.SignatureBytes"/> bytes.</summary>
    byte[] Sign(ReadOnlySpan<byte> data);
}
