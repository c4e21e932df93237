namespace Tore.Mesh.Harness.Network;

/// <summary>What one machine's line carried, headers, TLS, handshakes, acknowledgements and repeats included.</summary>
internal sealed class Traffic
{
    private readonly long[] _messages = new long[128];
    private readonly long[] _bytes = new long[128];

    /// <summary>Bytes that left.</summary>
    public long BytesOut { get; private set; }

    /// <summary>Bytes that came.</summary>
    public long BytesIn { get; private set; }

    /// <summary>Messages that a full queue refused.</summary>
    public long Dropped { get; set; }

    /// <summary>Connections that were dialled from here.</summary>
    public long Dials { get; set; }

    /// <summary>Frames sent, by message number.</summary>
    public ReadOnlySpan<long> Messages => _messages;

    /// <summary>Bytes on the line of the frames sent, by message number.</summary>
    public ReadOnlySpan<long> MessageBytes => _bytes;

    /// <summary>So much left.</summary>
    public void Out(long bytes) => BytesOut += bytes;

    /// <summary>So much came.</summary>
    public void In(long bytes) => BytesIn += bytes;

    /// <summary>A frame was handed over for sending.</summary>
    public void Count(in Segment segment)
    {
        int number = Math.Min((int)segment.Type, _messages.Length - 1);
        _messages[number]++;
        _bytes[number] += segment.LineBytes + segment.AcknowledgementBytes;
    }
}
