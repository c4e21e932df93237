namespace Tore.Mesh.Membership.Mdns;

/// <summary>Who of two that probe for one name at the same time may have it (RFC 6762 §8.2).</summary>
internal static class MdnsTieBreak
{
    /// <summary>
    /// Compares two sets of records: each sorted, then pair by pair by type and data, byte by byte; a set that ends first is the
    /// lesser. The greater wins.
    /// </summary>
    public static int Compare(IEnumerable<DnsRecord> ours, IEnumerable<DnsRecord> theirs)
    {
        List<(DnsType Type, byte[] Data)> a = Sorted(ours), b = Sorted(theirs);
        for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            int order = Compare(a[i], b[i]);
            if (order != 0)
            {
                return order;
            }
        }
        return a.Count.CompareTo(b.Count);
    }

    private static List<(DnsType Type, byte[] Data)> Sorted(IEnumerable<DnsRecord> records)
    {
        // The class, which is compared first, is always IN.
        List<(DnsType Type, byte[] Data)> sorted = [.. records.Select(r => (r.Type, DnsWriter.DataOf(r.Data)))];
        sorted.Sort(Compare);
        return sorted;
    }

    private static int Compare((DnsType Type, byte[] Data) a, (DnsType Type, byte[] Data) b) =>
        a.Type != b.Type ? a.Type.CompareTo(b.Type) : a.Data.AsSpan().SequenceCompareTo(b.Data);
}
