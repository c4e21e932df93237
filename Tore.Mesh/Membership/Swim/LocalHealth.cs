namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// How well this node itself does, from what it sees of itself (Lifeguard's local health): a sick one gives others more time, since
/// what it takes for their silence may be its own deafness.
/// </summary>
internal sealed class LocalHealth(bool isOn)
{
    /// <summary>The worst: everything takes eight times as long.</summary>
    public const int Worst = 7;

    /// <summary>0 is well.</summary>
    public int Score { get; private set; }

    /// <summary>By which intervals and timeouts of probes are multiplied: 1 to 8.</summary>
    public int Multiplier => Score + 1;

    /// <summary>A sign of sickness, or several.</summary>
    public void Worsen(int by)
    {
        if (isOn)
        {
            Score = Math.Min(Score + by, Worst);
        }
    }

    /// <summary>A sign of health: a probe was answered.</summary>
    public void Improve() => Score = Math.Max(Score - 1, 0);
}
