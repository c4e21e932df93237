namespace Tore.Mesh.Host.Doctor;

/// <summary>An address that the running node dials.</summary>
internal sealed record ContactFact
{
    public required string Address { get; init; }

    /// <summary>Who is, or should be, there.</summary>
    public string? NodeId { get; init; }

    /// <summary>How it was learned: <c>seed</c>, <c>mdns</c>, <c>member</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whether there is a link with that node.</summary>
    public bool IsLinked { get; init; }

    /// <summary>Code of the last failure; null when the last dial was good, or there was none.</summary>
    public string? Code { get; init; }

    /// <summary>Its text.</summary>
    public string? Text { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }
}
