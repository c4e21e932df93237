using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>Cuts what is to be said into packets that fit a frame of the network (RFC 6762 §17, §7.2).</summary>
internal static class DnsPacking
{
    /// <summary>Responses that hold all answers; additionals, which nobody must have, only where they still fit.</summary>
    public static List<DnsMessage> Responses(IReadOnlyList<DnsRecord> answers, IReadOnlyList<DnsRecord> additionals)
    {
        var packets = new List<DnsMessage>();
        var part = new List<DnsRecord>();
        foreach (DnsRecord answer in answers)
        {
            part.Add(answer);
            if (part.Count > 1 && !Fits(Response(part, [])))
            {
                part.RemoveAt(part.Count - 1);
                packets.Add(Response(part, []));
                part = [answer];
            }
        }
        var added = new List<DnsRecord>();
        foreach (DnsRecord additional in additionals)
        {
            added.Add(additional);
            if (!Fits(Response(part, added)))
            {
                added.RemoveAt(added.Count - 1);
            }
        }
        packets.Add(Response(part, added));
        return packets;
    }

    /// <summary>
    /// Queries that ask all questions, with the known answers behind them; the packets before the last say that more follow. Known
    /// answers beyond <see cref="Limits.MdnsQueryPackets"/> packets are left out, and so told once more.
    /// </summary>
    public static List<DnsMessage> Queries(IReadOnlyList<DnsQuestion> questions, IReadOnlyList<DnsRecord> known)
    {
        var packets = new List<DnsMessage>();
        var asked = new List<DnsQuestion>();
        foreach (DnsQuestion question in questions)
        {
            asked.Add(question);
            if (asked.Count > 1 && !Fits(Query(asked, [])))
            {
                asked.RemoveAt(asked.Count - 1);
                packets.Add(Query(asked, []));
                asked = [question];
            }
        }
        var part = new List<DnsRecord>();
        foreach (DnsRecord record in known)
        {
            part.Add(record);
            if (!Fits(Query(asked, part)))
            {
                part.RemoveAt(part.Count - 1);
                if (packets.Count + 1 >= Limits.MdnsQueryPackets)
                {
                    break;
                }
                packets.Add(Query(asked, part) with { IsTruncated = true });
                (asked, part) = ([], [record]);
            }
        }
        packets.Add(Query(asked, part));
        return packets;
    }

    private static DnsMessage Response(List<DnsRecord> answers, List<DnsRecord> additionals) =>
        new() { IsResponse = true, Answers = [.. answers], Additionals = [.. additionals] };

    private static DnsMessage Query(List<DnsQuestion> questions, List<DnsRecord> known) =>
        new() { IsResponse = false, Questions = [.. questions], Answers = [.. known] };

    private static bool Fits(DnsMessage message)
    {
        Span<byte> packet = stackalloc byte[Limits.MdnsSendBytes];
        return DnsWriter.TryWrite(message, packet, out _);
    }
}
