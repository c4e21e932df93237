using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Replication;

/// <summary>A node that signs records and loads of whatever stamp it is asked for.</summary>
internal sealed class Author(int number)
{
    public static readonly MeshId Mesh = new(0x1122334455667788);

    public KeyedSigner Signer { get; } = new(number);

    public NodeId Id => Signer.Id;

    public ReadOnlyMemory<byte> Key => Signer.PublicKey.ToArray();

    public CapabilityRecord Record(ulong incarnation, ulong version, int slots = 1, MeshId? mesh = null, NodeId? name = null) =>
        new CapabilityTable(mesh ?? Mesh, KeyedSigner.Verifier).Sign(
            Signer, Written((ref MessagePackWriter writer) => CapabilityRecord.WriteBody(
                ref writer, name ?? Id, new RecordStamp(incarnation, version), new NodeInfo { Slots = slots })));

    public LoadRecord Load(ulong incarnation, ulong version, ulong loadNumber, int slotsInUse = 0, MeshId? mesh = null) =>
        new CapabilityTable(mesh ?? Mesh, KeyedSigner.Verifier).SignLoad(
            Signer, Written((ref MessagePackWriter writer) => LoadRecord.WriteBody(
                ref writer, Id, new RecordStamp(incarnation, version), loadNumber, slotsInUse, running: 0, WireCoordinate.Origin)));

    private static ReadOnlyMemory<byte> Written(Writing writing)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writing(ref writer);
        writer.Flush();
        return output.WrittenMemory;
    }

    private delegate void Writing(ref MessagePackWriter writer);
}
