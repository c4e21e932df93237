using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>Writes a message with compressed names (RFC 1035 §4.1.4; also within SRV data, as RFC 6762 §18.14 asks).</summary>
internal ref struct DnsWriter
{
    private const ushort ClassInternet = 1;
    private const ushort TopBit = 0x8000;

    /// <summary>A pointer has 14 bits.</summary>
    private const int LastPointerTarget = 0x3fff;

    private readonly Span<byte> _packet;
    private readonly Dictionary<string, int> _offsets;
    private int _at;

    private DnsWriter(Span<byte> packet)
    {
        _packet = packet;
        _offsets = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        _at = 12;
    }

    /// <summary>Writes the message and returns its bytes; throws <see cref="ArgumentException"/> when it does not fit.</summary>
    public static int Write(DnsMessage message, Span<byte> packet)
    {
        packet[..12].Clear();
        if (message.IsResponse)
        {
            // QR and AA (RFC 6762 §18.2, §18.4); the id stays 0 (§18.1).
            packet[2] = 0x84;
        }
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], checked((ushort)message.Questions.Count));
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], checked((ushort)message.Answers.Count));
        BinaryPrimitives.WriteUInt16BigEndian(packet[8..], checked((ushort)message.Authorities.Count));
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], checked((ushort)message.Additionals.Count));
        var writer = new DnsWriter(packet);
        foreach (DnsQuestion question in message.Questions)
        {
            writer.Name(question.Name);
            writer.UInt16((ushort)question.Type);
            writer.UInt16((ushort)(ClassInternet | (question.WantsUnicast ? TopBit : 0)));
        }
        writer.Records(message.Answers);
        writer.Records(message.Authorities);
        writer.Records(message.Additionals);
        return writer._at;
    }

    private void Records(IReadOnlyList<DnsRecord> records)
    {
        foreach (DnsRecord record in records)
        {
            Name(record.Name);
            UInt16((ushort)record.Data.Type);
            UInt16((ushort)(ClassInternet | (record.IsUnique ? TopBit : 0)));
            UInt16((ushort)(record.LifetimeSeconds >> 16));
            UInt16((ushort)record.LifetimeSeconds);
            int lengthAt = _at;
            UInt16(0);
            Data(record.Data);
            BinaryPrimitives.WriteUInt16BigEndian(_packet[lengthAt..], checked((ushort)(_at - lengthAt - 2)));
        }
    }

    private void Data(DnsData data)
    {
        switch (data)
        {
            case DnsData.Address { Value: IPAddress address }:
                if (!address.TryWriteBytes(_packet[_at..], out int written))
                {
                    throw new ArgumentException("The packet is full.");
                }
                _at += written;
                break;
            case DnsData.Pointer pointer:
                Name(pointer.Target);
                break;
            case DnsData.Service service:
                UInt16(0);
                UInt16(0);
                UInt16(service.Port);
                Name(service.Host);
                break;
            case DnsData.Text text:
                foreach (string value in text.Strings)
                {
                    Label(value, maxBytes: 255);
                }
                if (text.Strings.Count == 0)
                {
                    // RFC 6763 §6.1: never without data; one empty string.
                    Label("", maxBytes: 255);
                }
                break;
        }
    }

    private void Name(DnsName name)
    {
        for (int i = 0; i < name.Labels.Count; i++)
        {
            // Labels hold no NUL in names of ours; it keeps "a.b" + "c" apart from "a" + "b.c".
            string suffix = string.Join('\0', name.Labels.Skip(i));
            if (_offsets.TryGetValue(suffix, out int offset))
            {
                UInt16((ushort)(0xc000 | offset));
                return;
            }
            if (_at <= LastPointerTarget)
            {
                _offsets[suffix] = _at;
            }
            Label(name.Labels[i], DnsName.MaxLabelBytes);
        }
        Byte(0);
    }

    private void Label(string text, int maxBytes)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, maxBytes);
        Byte((byte)length);
        Encoding.UTF8.GetBytes(text, Rest(length));
        _at += length;
    }

    private void Byte(byte value)
    {
        Rest(1)[0] = value;
        _at++;
    }

    private void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Rest(2), value);
        _at += 2;
    }

    private readonly Span<byte> Rest(int bytes) =>
        bytes <= _packet.Length - _at ? _packet[_at..] : throw new ArgumentException("The packet is full.");
}
