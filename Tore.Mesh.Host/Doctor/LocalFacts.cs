namespace Tore.Mesh.Host.Doctor;

/// <summary>What this machine says, with or without a node that runs.</summary>
internal sealed record LocalFacts
{
    /// <summary>The data folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The clock of this machine.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What is wrong with the folder, its key or its meshes: code and text of the errors met.</summary>
    public IReadOnlyList<(string Code, string Text)> FolderProblems { get; init; } = [];

    /// <summary>Files with secrets that other users of this machine can read.</summary>
    public IReadOnlyList<string> ExposedFiles { get; init; } = [];

    /// <summary>The process that holds the folder; null when no node runs.</summary>
    public int? RunningProcess { get; init; }

    /// <summary>Default ports that another program has taken, where no node runs.</summary>
    public IReadOnlyList<int> TakenPorts { get; init; } = [];

    /// <summary>Addresses of this machine, loopback's included.</summary>
    public IReadOnlyList<OwnInterface> Interfaces { get; init; } = [];

    /// <summary>Private meshes that the folder keeps.</summary>
    public IReadOnlyList<MeshFact> Meshes { get; init; } = [];
}
