namespace Tore.Mesh.Node;

/// <summary>How far a <see cref="LinkProbe"/> came.</summary>
public enum LinkProbeOutcome
{
    /// <summary>The host name has no address.</summary>
    NameNotFound,

    /// <summary>This machine has no way to the address.</summary>
    NoRoute,

    /// <summary>Nothing came back within the time: off, behind a firewall, or on another network.</summary>
    NoAnswer,

    /// <summary>The machine is there, and nothing listens on the port (or a firewall says so).</summary>
    NothingListens,

    /// <summary>Something listens, and no link came of it: the code says why.</summary>
    Refused,

    /// <summary>A link stood: key, mesh and versions fit.</summary>
    Linked,
}
