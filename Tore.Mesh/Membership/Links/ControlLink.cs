using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>What the directory keeps of one control link.</summary>
internal sealed class ControlLink(long number, LinkPeer peer, PeerAddress remote, DialAddress? dialled, TimeSpan openedAt)
{
    /// <summary>The shell's number for it; a newer link has a higher one.</summary>
    public long Number => number;

    /// <summary>Who is at the other end.</summary>
    public LinkPeer Peer => peer;

    /// <summary>Where the other end is.</summary>
    public PeerAddress Remote => remote;

    /// <summary>The address that was dialled from here; null when the peer dialled.</summary>
    public DialAddress? Dialled => dialled;

    /// <summary>When it stood.</summary>
    public TimeSpan OpenedAt => openedAt;

    /// <summary>Which start of the peer is at the other end; known once it has introduced itself.</summary>
    public ulong Start { get; set; }

    /// <summary>Whether the peer has introduced itself on it.</summary>
    public bool IsIntroduced { get; set; }

    /// <summary>When it was taken out of use: nothing new is sent on it; null while it is of use.</summary>
    public TimeSpan? RetiredAt { get; set; }

    /// <summary>When it is to be closed unless something happens.</summary>
    public TimeSpan? Ends(LinkDirectoryOptions options) => RetiredAt is { } retired
        ? retired + options.RetiredLinkLimit
        : IsIntroduced ? null : OpenedAt + options.IntroductionLimit;
}
