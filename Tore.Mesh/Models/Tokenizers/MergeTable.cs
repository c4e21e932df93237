using System.Numerics;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// The merges of a BPE vocabulary: a pair of symbols to the rank of the merge and the symbol it makes. An open-addressed table
/// whose multiplier differs from process to process, so that no file can be made to collide; nothing else depends on it.
/// </summary>
internal sealed class MergeTable
{
    private const ulong Empty = ulong.MaxValue;
    private static readonly ulong Multiplier =
        ((ulong)(uint)HashCode.Combine(1) << 32) | (uint)HashCode.Combine(2) | 1;

    private readonly ulong[] _keys;
    private readonly (uint Rank, int Merged)[] _values;
    private readonly int _shift;

    /// <summary>Makes room for so many merges.</summary>
    public MergeTable(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, capacity * 2));
        _keys = new ulong[size];
        Array.Fill(_keys, Empty);
        _values = new (uint, int)[size];
        _shift = 64 - BitOperations.Log2((uint)size);
    }

    /// <summary>Adds a merge; of two for one pair the first counts.</summary>
    public void Add(int left, int right, uint rank, int merged)
    {
        int slot = SlotOf(KeyOf(left, right));
        if (_keys[slot] == Empty)
        {
            _keys[slot] = KeyOf(left, right);
            _values[slot] = (rank, merged);
        }
    }

    /// <summary>Looks a pair up.</summary>
    public bool TryGet(int left, int right, out uint rank, out int merged)
    {
        ulong key = KeyOf(left, right);
        int slot = SlotOf(key);
        (rank, merged) = _values[slot];
        return _keys[slot] == key;
    }

    private static ulong KeyOf(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int SlotOf(ulong key)
    {
        int slot = (int)((key * Multiplier) >> _shift);
        while (_keys[slot] != Empty && _keys[slot] != key)
        {
            slot = (slot + 1) & (_keys.Length - 1);
        }
        return slot;
    }
}
