namespace Tore.Mesh.Membership.Links;

/// <summary>Why there is no link to an address.</summary>
/// <param name="Code">Stable error code of the last failure.</param>
/// <param name="Text">The last failure in words.</param>
/// <param name="AtUnixMicroseconds">When that was, by this machine's calendar clock.</param>
/// <param name="Count">Failures in a row.</param>
internal readonly record struct LinkFailure(string Code, string Text, long AtUnixMicroseconds, int Count);
