namespace Tore.Mesh.Scenarios;

/// <summary>A line of a picture: the share that is reached by each time.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Points">Seconds and share, both rising.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double Seconds, double Share)> Points)
{
    /// <summary>The curve of samples: which share of them was at most so long.</summary>
    public static Curve Of(string name, IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return new Curve(name, [(0, 0), .. sorted.Select((s, i) => (s, (i + 1.0) / sorted.Length))]);
    }
}
