namespace Tore.Mesh.Checkers;

/// <summary>What the checkers of one run found; the first few say it all.</summary>
internal sealed class Findings
{
    private const int Kept = 20;

    private readonly List<Violation> _violations = [];

    /// <summary>The first violations.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>How many there were.</summary>
    public long Count { get; private set; }

    /// <summary>Something must not be.</summary>
    public void Add(string checker, TimeSpan at, int machine, string text)
    {
        Count++;
        if (_violations.Count < Kept)
        {
            _violations.Add(new Violation(checker, at, machine, text));
        }
    }
}
