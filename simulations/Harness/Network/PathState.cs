namespace Tore.Mesh.Harness.Network;

/// <summary>What the way from one machine to another is like now.</summary>
/// <param name="IsCut">Nothing arrives, and nobody is told.</param>
/// <param name="Loss">The share of segments that are lost.</param>
/// <param name="Delay">One way, without jitter.</param>
/// <param name="BytesPerSecond">How fast it carries; 0 is as fast as one likes.</param>
internal readonly record struct PathState(bool IsCut, double Loss, TimeSpan Delay, double BytesPerSecond);
