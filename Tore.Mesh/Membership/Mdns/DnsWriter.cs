using System.Buffers.Binary;
using System.Net;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>Writes a message with compressed names (RFC 1035 §4.1.4; also within SRV data, as RFC 6762 §18.14 asks).</summary>
internal ref struct DnsWriter
{
    private const ushort ClassInternet = 1;
    private const ushort TopBit = 0x8000;

    /// <summary>A pointer has 14 bits.</summary>
    private const int LastPointerTarget = 0x3fff;

    private readonly Span<byte> _packet;
    private readonly Dictionary<DnsName, int> _offsets = [];
    private int _at;
    private bool _isFull;

    private DnsWriter(Span<byte> packet)
    {
        _packet = packet;
        _at = 12;
    }

    /// <summary>Writes the message and returns its bytes; throws <see cref="ArgumentException"/> when it does not fit.</summary>
    public static int Write(DnsMessage message, Span<byte> packet) =>
        TryWrite(message, packet, out int bytes) ? bytes : throw new ArgumentException("The packet is full.");

    /// <summary>Writes the message; false when it does not fit.</summary>
    public static bool TryWrite(DnsMessage message, Span<byte> packet, out int bytes)
    {
        packet[..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet, message.Id);
        if (message.IsResponse)
        {
            // QR and AA (RFC 6762 §18.2, §18.4).
            packet[2] = 0x84;
        }
        packet[2] |= (byte)(message.IsTruncated ? 0x02 : 0);
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
        writer.Records(message.Answers, message.IsLegacy);
        writer.Records(message.Authorities, message.IsLegacy);
        writer.Records(message.Additionals, message.IsLegacy);
        bytes = writer._at;
        return !writer._isFull;
    }

    /// <summary>A record's data as the wire has it without compression: what tie-breaking compares (RFC 6762 §8.2).</summary>
    public static byte[] DataOf(DnsData data)
    {
        Span<byte> scratch = stackalloc byte[12 + 6 + DnsName.MaxBytes + 34];
        if (data is DnsData.Text text)
        {
            return text.Bytes.ToArray();
        }
        if (data is DnsData.Other other)
        {
            return other.Bytes.ToArray();
        }
        var writer = new DnsWriter(scratch);
        writer.Data(data, wholeNames: true);
        return scratch[12..writer._at].ToArray();
    }

    private void Records(IReadOnlyList<DnsRecord> records, bool isLegacy)
    {
        foreach (DnsRecord record in records)
        {
            Name(record.Name);
            UInt16((ushort)record.Type);
            UInt16((ushort)(ClassInternet | (record.IsUnique ? TopBit : 0)));
            UInt16((ushort)(record.LifetimeSeconds >> 16));
            UInt16((ushort)record.LifetimeSeconds);
            int lengthAt = _at;
            UInt16(0);
            Data(record.Data, wholeNames: isLegacy && record.Type == DnsType.Srv);
            if (!_isFull)
            {
                BinaryPrimitives.WriteUInt16BigEndian(_packet[lengthAt..], checked((ushort)(_at - lengthAt - 2)));
            }
        }
    }

    private void Data(DnsData data, bool wholeNames)
    {
        switch (data)
        {
            case DnsData.Address { Value: IPAddress address }:
                Bytes(address.GetAddressBytes());
                break;
            case DnsData.Pointer pointer:
                Name(pointer.Target, wholeNames);
                break;
            case DnsData.Service service:
                UInt16(service.Priority);
                UInt16(service.Weight);
                UInt16(service.Port);
                Name(service.Host, wholeNames);
                break;
            case DnsData.Text text:
                Bytes(text.Bytes.Span);
                break;
            case DnsData.OnlyTypes only:
                Name(only.Next, wholeNames);
                Types(only.Types);
                break;
            case DnsData.Other other:
                Bytes(other.Bytes.Span);
                break;
        }
    }

    private void Types(IReadOnlyList<DnsType> types)
    {
        Span<byte> bits = stackalloc byte[32];
        int length = 0;
        foreach (int type in types)
        {
            bits[type / 8] |= (byte)(0x80 >> (type % 8));
            length = Math.Max(length, (type / 8) + 1);
        }
        if (length > 0)
        {
            Bytes([0, (byte)length]);
            Bytes(bits[..length]);
        }
    }

    private void Name(DnsName name, bool isWhole = false)
    {
        for (DnsName rest = name; rest.Wire[0] != 0; rest = rest.Parent)
        {
            if (!isWhole && _offsets.TryGetValue(rest, out int offset))
            {
                UInt16((ushort)(0xc000 | offset));
                return;
            }
            if (_at <= LastPointerTarget)
            {
                _offsets.TryAdd(rest, _at);
            }
            Bytes(rest.Wire[..(rest.Wire[0] + 1)]);
        }
        Bytes([0]);
    }

    private void UInt16(ushort value) => Bytes([(byte)(value >> 8), (byte)value]);

    private void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        _isFull |= bytes.Length > _packet.Length - _at;
        if (!_isFull)
        {
            bytes.CopyTo(_packet[_at..]);
            _at += bytes.Length;
        }
    }
}
