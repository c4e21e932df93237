using System.Buffers.Binary;
using System.Net;
using System.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// Reads a packet from a stranger: every length is checked before it is used, counts are bounded, and a compression pointer
/// leads only backwards (RFC 1035 §4.1.4), so that no packet can make it loop. A malformed packet gives false and no exception.
/// </summary>
internal ref struct DnsReader
{
    private const int HeaderBytes = 12;
    private const ushort ClassInternet = 1;
    private const ushort TopBit = 0x8000;

    private readonly ReadOnlySpan<byte> _packet;
    private int _at;

    private DnsReader(ReadOnlySpan<byte> packet)
    {
        _packet = packet;
        _at = HeaderBytes;
    }

    /// <summary>Reads a whole packet; false when it is malformed or over a limit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out DnsMessage message)
    {
        message = null!;
        if (packet.Length is < HeaderBytes or > Limits.MdnsPacketBytes)
        {
            return false;
        }
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        int questions = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        int answers = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(packet[8..]);
        int additionals = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]);
        // Opcode and response code must be 0 (RFC 6762 §18.3, §18.11).
        if ((flags & 0x780f) != 0 || questions + answers + authorities + additionals > Limits.MdnsRecords)
        {
            return false;
        }
        var reader = new DnsReader(packet);
        if (!reader.TryQuestions(questions, out List<DnsQuestion> asked)
            || !reader.TryRecords(answers, out List<DnsRecord> answered)
            || !reader.TryRecords(authorities, out List<DnsRecord> claimed)
            || !reader.TryRecords(additionals, out List<DnsRecord> added))
        {
            return false;
        }
        message = new DnsMessage
        {
            IsResponse = (flags & TopBit) != 0,
            Questions = asked,
            Answers = answered,
            Authorities = claimed,
            Additionals = added,
        };
        return true;
    }

    private bool TryQuestions(int count, out List<DnsQuestion> questions)
    {
        questions = [];
        for (int i = 0; i < count; i++)
        {
            if (!TryName(ref _at, out DnsName name) || !TryUInt16(out ushort type) || !TryUInt16(out ushort dnsClass))
            {
                return false;
            }
            if ((dnsClass & ~TopBit) is ClassInternet or 255)
            {
                questions.Add(new DnsQuestion(name, (DnsType)type, (dnsClass & TopBit) != 0));
            }
        }
        return true;
    }

    private bool TryRecords(int count, out List<DnsRecord> records)
    {
        records = [];
        for (int i = 0; i < count; i++)
        {
            if (!TryName(ref _at, out DnsName name) || !TryUInt16(out ushort type) || !TryUInt16(out ushort dnsClass)
                || !TryUInt16(out ushort high) || !TryUInt16(out ushort low) || !TryUInt16(out ushort length)
                || length > _packet.Length - _at)
            {
                return false;
            }
            int start = _at;
            _at += length;
            if (!TryData((DnsType)type, start, length, out DnsData? data))
            {
                return false;
            }
            if (data is not null && (dnsClass & ~TopBit) == ClassInternet)
            {
                records.Add(new DnsRecord(name, (dnsClass & TopBit) != 0, ((uint)high << 16) | low, data));
            }
        }
        return true;
    }

    /// <summary>Reads known types; an unknown one is null and true.</summary>
    private readonly bool TryData(DnsType type, int start, int length, out DnsData? data)
    {
        data = null;
        ReadOnlySpan<byte> bytes = _packet.Slice(start, length);
        int at;
        switch (type)
        {
            case DnsType.A or DnsType.Aaaa:
                if (length != (type == DnsType.A ? 4 : 16))
                {
                    return false;
                }
                data = new DnsData.Address(new IPAddress(bytes));
                return true;
            case DnsType.Ptr:
                at = start;
                if (!TryName(ref at, out DnsName target) || at != start + length)
                {
                    return false;
                }
                data = new DnsData.Pointer(target);
                return true;
            case DnsType.Srv:
                at = start + 6;
                if (length < 7 || !TryName(ref at, out DnsName host) || at != start + length)
                {
                    return false;
                }
                data = new DnsData.Service(host, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]));
                return true;
            case DnsType.Txt:
                return TryText(bytes, out data);
            default:
                return true;
        }
    }

    private static bool TryText(ReadOnlySpan<byte> bytes, out DnsData? data)
    {
        data = null;
        var strings = new List<string>();
        while (!bytes.IsEmpty)
        {
            int length = bytes[0];
            if (length > bytes.Length - 1)
            {
                return false;
            }
            if (length > 0)
            {
                strings.Add(Encoding.UTF8.GetString(bytes.Slice(1, length)));
            }
            bytes = bytes[(length + 1)..];
        }
        data = new DnsData.Text(strings);
        return true;
    }

    /// <summary>Reads a name at <paramref name="at"/> and moves it past the name's own bytes.</summary>
    private readonly bool TryName(ref int at, out DnsName name)
    {
        name = null!;
        var labels = new List<string>();
        int position = at, bytes = 1;
        int lowest = at; // a pointer must lead before everything read so far
        bool jumped = false;
        while (true)
        {
            if (position >= _packet.Length)
            {
                return false;
            }
            int length = _packet[position];
            if (length == 0)
            {
                at = jumped ? at : position + 1;
                name = DnsName.FromWire(labels);
                return true;
            }
            if (length >= 0xc0)
            {
                if (position + 1 >= _packet.Length)
                {
                    return false;
                }
                int target = ((length & 0x3f) << 8) | _packet[position + 1];
                if (target >= lowest || target < HeaderBytes)
                {
                    return false;
                }
                at = jumped ? at : position + 2;
                jumped = true;
                lowest = position = target;
                continue;
            }
            bytes += length + 1;
            if (length > DnsName.MaxLabelBytes || bytes > DnsName.MaxBytes || length > _packet.Length - position - 1)
            {
                return false;
            }
            labels.Add(Encoding.UTF8.GetString(_packet.Slice(position + 1, length)));
            position += length + 1;
        }
    }

    private bool TryUInt16(out ushort value)
    {
        value = 0;
        if (_packet.Length - _at < 2)
        {
            return false;
        }
        value = BinaryPrimitives.ReadUInt16BigEndian(_packet[_at..]);
        _at += 2;
        return true;
    }
}
