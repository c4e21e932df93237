using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <content>The project's own values.</content>
internal ref partial struct MessagePackReader
{
    /// <summary>bin of exactly 16 bytes</summary>
    public bool TryRead(out Guid value)
    {
        value = default;
        if (!TryReadBinary(16, out ReadOnlySpan<byte> bytes) || bytes.Length != 16)
        {
            return Fail(WireFailure.Malformed);
        }
        value = new Guid(bytes, bigEndian: true);
        return true;
    }

    /// <inheritdoc cref="TryRead(out Guid)"/>
    public bool TryRead(out NodeId value)
    {
        bool read = TryRead(out Guid guid);
        value = new NodeId(guid);
        return read;
    }

    /// <summary>bin of exactly 32 bytes</summary>
    public bool TryRead(out Digest value)
    {
        value = default;
        if (!TryReadBinary(Digest.Size, out ReadOnlySpan<byte> bytes) || bytes.Length != Digest.Size)
        {
            return Fail(WireFailure.Malformed);
        }
        value = new Digest(bytes);
        return true;
    }

    /// <summary>array of first and last layer, below <see cref="Limits.ModelLayers"/></summary>
    public bool TryRead(out LayerRange value)
    {
        value = default;
        if (!TryReadFields(2, out int added) || !TryReadCount(out int start) || !TryReadCount(out int end) || !TrySkip(added))
        {
            return false;
        }
        if (end < start)
        {
            return Fail(WireFailure.Malformed);
        }
        value = new LayerRange(start, end);
        return end < Limits.ModelLayers || Fail(WireFailure.Limit);
    }

    /// <summary>nil, or a range</summary>
    public bool TryRead(out LayerRange? value)
    {
        value = null;
        if (TryReadNil())
        {
            return true;
        }
        bool read = TryRead(out LayerRange range);
        value = range;
        return read;
    }

    /// <summary>int: one of the two kinds</summary>
    public bool TryReadLinkKind(out LinkKind value)
    {
        bool read = TryReadCount(out int number);
        value = (LinkKind)number;
        return read && (number is (int)LinkKind.Control or (int)LinkKind.Activation || Fail(WireFailure.Malformed));
    }

    /// <summary>nil, or a str</summary>
    public bool TryReadOptional(int bytesMax, out string? value)
    {
        value = null;
        if (TryReadNil())
        {
            return true;
        }
        bool read = TryRead(bytesMax, out string text);
        value = text;
        return read;
    }

    /// <summary>array of ints from 0 up: token ids</summary>
    public bool TryRead(int countMax, out int[] values)
    {
        values = [];
        if (!TryReadArrayHeader(countMax, out int count))
        {
            return false;
        }
        if (count > 0)
        {
            values = new int[count];
        }
        for (int i = 0; i < count; i++)
        {
            if (!TryReadCount(out values[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>array of str</summary>
    public bool TryRead(int countMax, int bytesMax, out string[] values)
    {
        values = [];
        if (!TryReadArrayHeader(countMax, out int count))
        {
            return false;
        }
        values = new string[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(bytesMax, out values[i]))
            {
                return false;
            }
        }
        return true;
    }
}
