using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>What the directory keeps of one address at which a node may be dialled. As a timed thing: a seed's next dial.</summary>
internal sealed class DialAddress(PeerAddress address) : Timed
{
    private const int TextCharacters = 300;

    /// <summary>Where.</summary>
    public PeerAddress Address => address;

    /// <summary>Who is there; of a seed, who answered last.</summary>
    public NodeId? Node { get; set; }

    /// <summary>Whether the user gave it.</summary>
    public bool IsSeed { get; set; }

    /// <summary>Whether mDNS says it.</summary>
    public bool IsHint { get; set; }

    /// <summary>Whether the member's record says it.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>Whether it is this node's own.</summary>
    public bool IsSelf { get; set; }

    /// <summary>Dials in a row, of a seed for its own sake, that came to nothing.</summary>
    public int Fruitless { get; set; }

    /// <summary>When a seed may be dialled next.</summary>
    public TimeSpan RetryAt { get; set; }

    /// <summary>Whether nobody says any more that the node is here.</summary>
    public bool IsStale => !IsSeed && !IsHint && !IsRecorded;

    /// <summary>Why it could not be dialled the last time.</summary>
    public LinkFailure? Failure { get; private set; }

    /// <summary>Who said it.</summary>
    public ContactSource Source => IsSeed ? ContactSource.Seed : IsHint ? ContactSource.Mdns : ContactSource.Member;

    /// <summary>A dial came to nothing, or the link that it made did.</summary>
    public void Failed(string code, string text, in Moment now) => Failure = new LinkFailure(
        code, text.Length > TextCharacters ? text[..TextCharacters] : text, now.UnixMicroseconds, (Failure?.Count ?? 0) + 1);

    /// <summary>It is good.</summary>
    public void Succeeded() => (Failure, Fruitless) = (null, 0);
}
