using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>What a record says, by type. Two are equal when they say the same.</summary>
internal abstract record DnsData
{
    /// <summary>The record's type.</summary>
    public abstract DnsType Type { get; }

    /// <summary>Another name: from a service type to an instance (RFC 6763 §4.1).</summary>
    public sealed record Pointer(DnsName Target) : DnsData
    {
        public override DnsType Type => DnsType.Ptr;
    }

    /// <summary>Host and port of an instance (RFC 2782).</summary>
    public sealed record Service(DnsName Host, ushort Port, ushort Priority = 0, ushort Weight = 0) : DnsData
    {
        public override DnsType Type => DnsType.Srv;
    }

    /// <summary>Strings <c>key=value</c>, each behind its length byte (RFC 6763 §6.1).</summary>
    public sealed record Text(ReadOnlyMemory<byte> Bytes) : DnsData
    {
        public override DnsType Type => DnsType.Txt;

        /// <summary>
        /// The strings that say something: empty ones and those without a key are passed over (RFC 6763 §6.1, §6.4).
        /// </summary>
        public IReadOnlyList<string> Strings
        {
            get
            {
                var strings = new List<string>();
                for (ReadOnlySpan<byte> rest = Bytes.Span; !rest.IsEmpty; rest = rest[(rest[0] + 1)..])
                {
                    ReadOnlySpan<byte> one = rest.Slice(1, rest[0]);
                    if (!one.IsEmpty && one[0] != '=')
                    {
                        strings.Add(Encoding.UTF8.GetString(one));
                    }
                }
                return strings;
            }
        }

        /// <summary>Makes a record of strings of at most 255 bytes; without any it holds one empty string (RFC 6763 §6.1).</summary>
        public static Text Of(params ReadOnlySpan<string> strings)
        {
            var bytes = new List<byte>();
            foreach (string value in strings)
            {
                byte[] one = Encoding.UTF8.GetBytes(value);
                bytes.Add(checked((byte)one.Length));
                bytes.AddRange(one);
            }
            return new Text(bytes.Count == 0 ? new byte[1] : bytes.ToArray());
        }

        public bool Equals(Text? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);

        public override int GetHashCode() => HashOf(Bytes.Span);
    }

    /// <summary>An IPv4 or IPv6 address, without a scope: that is the reader's matter.</summary>
    public sealed record Address(IPAddress Value) : DnsData
    {
        public override DnsType Type => Value.AddressFamily == AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;

        public bool Equals(Address? other) => other is not null
            && Value.GetAddressBytes().AsSpan().SequenceEqual(other.Value.GetAddressBytes());

        public override int GetHashCode() => HashOf(Value.GetAddressBytes());
    }

    /// <summary>NSEC as mDNS uses it: the name has records of these types, all below 256, and of no others (RFC 6762 §6.1).</summary>
    public sealed record OnlyTypes(DnsName Next, IReadOnlyList<DnsType> Types) : DnsData
    {
        public override DnsType Type => DnsType.Nsec;

        public bool Equals(OnlyTypes? other) => other is not null && Next.Equals(other.Next) && Types.SequenceEqual(other.Types);

        public override int GetHashCode() => HashCode.Combine(Next, Types.Count);
    }

    /// <summary>A record of a type that is not read here; it may still say that a name is taken.</summary>
    public sealed record Other(DnsType Kind, ReadOnlyMemory<byte> Bytes) : DnsData
    {
        public override DnsType Type => Kind;

        public bool Equals(Other? other) => other is not null && Kind == other.Kind && Bytes.Span.SequenceEqual(other.Bytes.Span);

        public override int GetHashCode() => HashCode.Combine(Kind, HashOf(Bytes.Span));
    }

    private static int HashOf(ReadOnlySpan<byte> bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
