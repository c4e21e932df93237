using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Tests.Simulations;

/// <summary>Two machines: the first calls the second. One way takes exactly ten milliseconds.</summary>
internal sealed class Street
{
    public static readonly NetworkOptions TenMilliseconds = new()
    {
        LeastDelay = TimeSpan.FromMilliseconds(10),
        DelayPerDistance = TimeSpan.Zero,
        AccessDelay = TimeSpan.Zero,
        Jitter = TimeSpan.Zero,
    };

    public Street(ulong seed = 1, TimeSpan? interval = null, NetworkOptions? network = null, int ballast = 0)
    {
        Simulation = new Simulation(seed, network ?? TenMilliseconds);
        Caller = Simulation.Add(context => new CallerProcess(context, Called.Address) { Interval = interval, Ballast = ballast });
        Called = Simulation.Add(context => new CallerProcess(context));
    }

    public Simulation Simulation { get; }

    public Machine Caller { get; }

    public Machine Called { get; private set; } = null!;

    public CallerProcess From => (CallerProcess)Caller.Process!;

    public CallerProcess To => (CallerProcess)Called.Process!;

    public Street StartBoth()
    {
        Called.Start();
        Caller.Start();
        return this;
    }

    public void RunFor(double seconds) => Simulation.RunUntil(Simulation.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>Cuts the way there, the way back, or both.</summary>
    public PathRule Cut(bool there, bool back)
    {
        var rule = new PathRule([there, back], [back, there]) { Cuts = true };
        Simulation.Network.Add(rule);
        return rule;
    }
}
