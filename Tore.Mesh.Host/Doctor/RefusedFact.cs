namespace Tore.Mesh.Host.Doctor;

/// <summary>Connections from elsewhere that became no link.</summary>
internal sealed record RefusedFact
{
    /// <summary>Where they came from, without a port.</summary>
    public required string Address { get; init; }

    /// <summary>Who was there, where it proved its key.</summary>
    public string? NodeId { get; init; }

    public required string Code { get; init; }

    public string Text { get; init; } = "";

    public DateTimeOffset? LastAt { get; init; }

    public long Count { get; init; } = 1;
}
