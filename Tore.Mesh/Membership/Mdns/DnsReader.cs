using System.Buffers.Binary;
using System.Net;
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
    private const ushort Truncated = 0x0200;

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
            Id = BinaryPrimitives.ReadUInt16BigEndian(packet),
            IsTruncated = (flags & Truncated) != 0,
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
            if (!TryData((DnsType)type, start, length, out DnsData data))
            {
                return false;
            }
            if ((dnsClass & ~TopBit) == ClassInternet)
            {
                records.Add(new DnsRecord(name, (dnsClass & TopBit) != 0, ((uint)high << 16) | low, data));
            }
        }
        return true;
    }

    private readonly bool TryData(DnsType type, int start, int length, out DnsData data)
    {
        data = null!;
        ReadOnlySpan<byte> bytes = _packet.Slice(start, length);
        int at = start;
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
                if (!TryName(ref at, out DnsName target) || at != start + length)
                {
                    return false;
                }
                data = new DnsData.Pointer(target);
                return true;
            case DnsType.Srv:
                at += 6;
                if (length < 7 || !TryName(ref at, out DnsName host) || at != start + length)
                {
                    return false;
                }
                data = new DnsData.Service(host, Port: BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
                    Priority: BinaryPrimitives.ReadUInt16BigEndian(bytes), Weight: BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
                return true;
            case DnsType.Txt:
                return TryText(bytes, out data);
            case DnsType.Nsec:
                return TryName(ref at, out DnsName next) && at <= start + length
                    && TryTypes(next, _packet[at..(start + length)], out data);
            default:
                data = new DnsData.Other(type, bytes.ToArray());
                return true;
        }
    }

    private static bool TryText(ReadOnlySpan<byte> bytes, out DnsData data)
    {
        // A record without data is taken for one empty string (RFC 6763 §6.1).
        data = new DnsData.Text(bytes.IsEmpty ? new byte[1] : bytes.ToArray());
        while (!bytes.IsEmpty)
        {
            if (bytes[0] > bytes.Length - 1)
            {
                return false;
            }
            bytes = bytes[(bytes[0] + 1)..];
        }
        return true;
    }

    /// <summary>Blocks of number, length, bits (RFC 4034 §4.1.2); mDNS uses block 0 and passes over others (RFC 6762 §6.1).</summary>
    private static bool TryTypes(DnsName next, ReadOnlySpan<byte> blocks, out DnsData data)
    {
        var types = new List<DnsType>();
        data = new DnsData.OnlyTypes(next, types);
        int previous = -1;
        while (!blocks.IsEmpty)
        {
            if (blocks.Length < 3 || blocks[0] <= previous || blocks[1] is 0 or > 32 || blocks[1] > blocks.Length - 2)
            {
                return false;
            }
            previous = blocks[0];
            for (int bit = 0; previous == 0 && bit < 8 * blocks[1]; bit++)
            {
                if ((blocks[2 + (bit / 8)] & (0x80 >> (bit % 8))) != 0)
                {
                    types.Add((DnsType)bit);
                }
            }
            blocks = blocks[(blocks[1] + 2)..];
        }
        return true;
    }

    /// <summary>Reads a name at <paramref name="at"/> and moves it past the name's own bytes.</summary>
    private readonly bool TryName(ref int at, out DnsName name)
    {
        name = null!;
        Span<byte> wire = stackalloc byte[DnsName.MaxBytes];
        int position = at, bytes = 0;
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
                wire[bytes++] = 0;
                name = DnsName.FromWire(wire[..bytes]);
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
            if (length > DnsName.MaxLabelBytes || bytes + length + 2 > DnsName.MaxBytes || length > _packet.Length - position - 1)
            {
                return false;
            }
            _packet.Slice(position, length + 1).CopyTo(wire[bytes..]);
            bytes += length + 1;
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
