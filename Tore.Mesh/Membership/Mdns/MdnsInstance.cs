using System.Net;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>A service instance that was pointed at, with what was heard of it.</summary>
internal sealed class MdnsInstance(DnsName name, IPAddress source)
{
    /// <summary>Its name.</summary>
    public DnsName Name { get; } = name;

    /// <summary>Who told of it first: whose share of the memory it takes.</summary>
    public IPAddress Source { get; } = source;

    /// <summary>From the service type.</summary>
    public MdnsCached? Pointer { get; set; }

    /// <summary>Host and port.</summary>
    public MdnsCached? Service { get; set; }

    /// <summary>What it says of itself.</summary>
    public MdnsCached? Text { get; set; }

    /// <summary>The host that <see cref="Service"/> names.</summary>
    public MdnsHost? Host { get; set; }

    /// <summary>When what is lacking is asked for next; null when nothing is.</summary>
    public TimeSpan? AskAt { get; set; }

    /// <summary>Questions in vain so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Forgotten: nothing is to be done with it any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Waits to be looked at for what it says now.</summary>
    public bool IsChanged { get; set; }

    /// <summary>What the listener was told.</summary>
    public MdnsNode? Published { get; set; }

    /// <summary>Whether something is lacking before it can be dialled.</summary>
    public bool IsLacking => Service is null || Text is null || Host is null || Host.Addresses.Count == 0;
}
