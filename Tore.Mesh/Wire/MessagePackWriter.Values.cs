using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <content>The project's own values.</content>
internal ref partial struct MessagePackWriter
{
    /// <summary>bin 8 of 16 bytes, in the order of its printed form</summary>
    public void Write(Guid value) => value.TryWriteBytes(ReserveBinary(16), bigEndian: true, out _);

    /// <inheritdoc cref="Write(Guid)"/>
    public void Write(NodeId value) => Write(value.Value);

    /// <summary>bin 8 of 32 bytes</summary>
    public void Write(Digest value) => value.CopyTo(ReserveBinary(Digest.Size));

    /// <summary>array of first and last layer</summary>
    public void Write(LayerRange value)
    {
        WriteArrayHeader(2);
        Write(value.Start);
        Write(value.End);
    }

    /// <summary>nil, or the range</summary>
    public void Write(LayerRange? value)
    {
        if (value is { } range)
        {
            Write(range);
        }
        else
        {
            WriteNil();
        }
    }

    /// <summary>array of int</summary>
    public void Write(scoped ReadOnlySpan<int> values)
    {
        WriteArrayHeader(values.Length);
        foreach (int value in values)
        {
            Write(value);
        }
    }

    /// <summary>array of str</summary>
    public void Write(IReadOnlyList<string> values)
    {
        WriteArrayHeader(values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            Write(values[i]);
        }
    }
}
