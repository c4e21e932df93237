using System.Buffers.Binary;
using System.Security.Cryptography;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>
/// One replica: the last record of every member. Which one is last depends on the records alone, never on when or from whom they came,
/// so that replicas that have seen the same are equal.
/// </summary>
internal sealed class CapabilityTable
{
    private readonly RecordSeal _recordSeal;
    private readonly RecordSeal _loadSeal;
    private readonly SortedDictionary<NodeId, CapabilityEntry> _entries = [];
    private readonly StrangerRecords _strangers = new();
    private Digest? _digest;

    /// <summary>A table without members.</summary>
    public CapabilityTable(MeshId mesh, ISignatureVerifier verifier)
    {
        _recordSeal = new RecordSeal("tore capability", mesh, verifier);
        _loadSeal = new RecordSeal("tore load", mesh, verifier);
    }

    /// <summary>Members, whether or not their record is here.</summary>
    public int Members => _entries.Count;

    /// <summary>Authors caught with two bodies under one stamp, each as often as it was.</summary>
    public long Clones { get; private set; }

    /// <summary>Records and loads that their author had not signed.</summary>
    public long Forgeries { get; private set; }

    /// <summary>By id.</summary>
    public IReadOnlyDictionary<NodeId, CapabilityEntry> Entries => _entries;

    /// <summary>All records in one hash: of whom, which, and what.</summary>
    public Digest Digest => _digest ??= Hash();

    /// <summary>Signs a record of this node.</summary>
    public CapabilityRecord Sign(ISigner signer, ReadOnlyMemory<byte> body) =>
        CapabilityRecord.TryParse(_recordSeal.Sign(signer, body), out CapabilityRecord? record, out _)
            ? record!
            : throw new ArgumentException("The body is not a capability record.", nameof(body));

    /// <summary>Signs a load of this node.</summary>
    public LoadRecord SignLoad(ISigner signer, ReadOnlyMemory<byte> body) =>
        LoadRecord.TryParse(_loadSeal.Sign(signer, body), out LoadRecord? load, out _)
            ? load!
            : throw new ArgumentException("The body is not a load record.", nameof(body));

    /// <summary>A node is a member; true when it was none before.</summary>
    public bool Add(NodeId node, ReadOnlyMemory<byte> publicKey) => _entries.TryAdd(node, new CapabilityEntry(publicKey));

    /// <summary>What came of a node before it was a member.</summary>
    public List<CapabilityRecord> TakeAside(NodeId node, TimeSpan now) => _strangers.Take(node, now);

    /// <summary>A node is no member any more: nothing of it is kept. True when something was known.</summary>
    public bool Remove(NodeId node)
    {
        if (!_entries.Remove(node, out CapabilityEntry? entry) || entry.Record is null)
        {
            return false;
        }
        _digest = null;
        return true;
    }

    /// <summary>Takes a record in, if it is its author's last.</summary>
    public RecordOutcome Accept(CapabilityRecord record, TimeSpan now)
    {
        if (!_entries.TryGetValue(record.Node, out CapabilityEntry? entry))
        {
            _strangers.Add(record, now);
            return RecordOutcome.Aside;
        }
        int order = entry.Record is { } held ? record.Stamp.CompareTo(held.Stamp) : 1;
        if (order < 0)
        {
            return RecordOutcome.Older;
        }
        if (order == 0 && record.Hash == entry.Record!.Hash)
        {
            return RecordOutcome.Known;
        }
        // Signatures are costly: whatever can be told without one has been.
        if (!entry.Records.MayPass(now))
        {
            return RecordOutcome.TooOften;
        }
        if (!_recordSeal.IsGood(entry.PublicKey.Span, record.Signed))
        {
            Forgeries++;
            return RecordOutcome.Forged;
        }
        entry.Records.TryPass(now);
        if (order == 0)
        {
            Clones++;
            entry.IsCloned = true;
            if (record.Hash > entry.Record!.Hash)
            {
                return RecordOutcome.Clone;
            }
        }
        Put(entry, record);
        return RecordOutcome.Kept;
    }

    /// <summary>Takes a load in, if it is its author's last.</summary>
    public RecordOutcome Accept(LoadRecord load, TimeSpan now)
    {
        if (!_entries.TryGetValue(load.Node, out CapabilityEntry? entry))
        {
            return RecordOutcome.Aside;
        }
        if (entry.Load is { } held && !load.IsNewerThan(held))
        {
            return RecordOutcome.Older;
        }
        if (!entry.Loads.MayPass(now))
        {
            return RecordOutcome.TooOften;
        }
        if (!_loadSeal.IsGood(entry.PublicKey.Span, load.Signed))
        {
            Forgeries++;
            return RecordOutcome.Forged;
        }
        entry.Loads.TryPass(now);
        entry.Load = load;
        return RecordOutcome.Kept;
    }

    /// <summary>Puts in what this node has just signed.</summary>
    public void PutOwn(CapabilityRecord record) => Put(_entries[record.Node], record);

    /// <inheritdoc cref="PutOwn(CapabilityRecord)"/>
    public void PutOwn(LoadRecord load) => _entries[load.Node].Load = load;

    /// <summary>Whether <paramref name="other"/> would take the place of what is here: of two with one stamp the lower hash.</summary>
    public bool IsBetter(in CapabilityStamp other) =>
        _entries.TryGetValue(other.Node, out CapabilityEntry? entry)
        && (entry.Record is not { } held || Beats(other.Stamp, other.Hash, held.Stamp, held.Hash));

    /// <summary>Whether what is here would take the place of <paramref name="other"/>.</summary>
    public static bool IsBetter(CapabilityRecord held, in CapabilityStamp other) =>
        Beats(held.Stamp, held.Hash, other.Stamp, other.Hash);

    private static bool Beats(RecordStamp stamp, Digest hash, RecordStamp otherStamp, Digest otherHash)
    {
        int order = stamp.CompareTo(otherStamp);
        return order > 0 || (order == 0 && hash < otherHash);
    }

    private void Put(CapabilityEntry entry, CapabilityRecord record)
    {
        entry.Record = record;
        _digest = null;
    }

    private Digest Hash()
    {
        const int size = 16 + (2 * sizeof(ulong)) + Digest.Size;
        byte[] all = new byte[size * _entries.Count];
        int at = 0;
        foreach ((NodeId node, CapabilityEntry entry) in _entries)
        {
            if (entry.Record is { } record)
            {
                Span<byte> line = all.AsSpan(at, size);
                node.Value.TryWriteBytes(line, bigEndian: true, out _);
                BinaryPrimitives.WriteUInt64BigEndian(line[16..], record.Stamp.Incarnation);
                BinaryPrimitives.WriteUInt64BigEndian(line[24..], record.Stamp.Version);
                record.Hash.CopyTo(line[32..]);
                at += size;
            }
        }
        return new Digest(SHA256.HashData(all.AsSpan(0, at)));
    }
}
