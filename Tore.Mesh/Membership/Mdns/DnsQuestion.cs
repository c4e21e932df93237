namespace Tore.Mesh.Membership.Mdns;

/// <summary>A question of class IN.</summary>
/// <param name="Name">What is asked about.</param>
/// <param name="Type">Which records.</param>
/// <param name="WantsUnicast">The QU bit (RFC 6762 §5.4).</param>
internal readonly record struct DnsQuestion(DnsName Name, DnsType Type, bool WantsUnicast = false);
