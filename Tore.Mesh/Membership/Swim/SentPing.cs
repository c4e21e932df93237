namespace Tore.Mesh.Membership.Swim;

/// <summary>A ping that was not answered yet.</summary>
/// <param name="Target">Whom.</param>
/// <param name="Purpose">Why.</param>
/// <param name="SentAt">When, on the active clock.</param>
/// <param name="SentAtElapsed">When, on the machine's.</param>
/// <param name="Stalls">How often this node had stood still before: across a stall a round trip says nothing.</param>
internal readonly record struct SentPing(Member Target, PingPurpose Purpose, TimeSpan SentAt, TimeSpan SentAtElapsed, uint Stalls);
