using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <summary>One probe that another node asked for.</summary>
/// <param name="Requester">Who asked.</param>
/// <param name="RequestSequence">Its number there.</param>
/// <param name="Target">Who is to be probed.</param>
internal readonly record struct ProbeRelay(NodeId Requester, uint RequestSequence, Member Target);
