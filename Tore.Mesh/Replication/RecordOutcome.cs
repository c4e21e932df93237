namespace Tore.Mesh.Replication;

/// <summary>What became of a record that came in.</summary>
internal enum RecordOutcome
{
    /// <summary>It is what is known of its author now.</summary>
    Kept,

    /// <summary>The very same is here.</summary>
    Known,

    /// <summary>A later one is here.</summary>
    Older,

    /// <summary>Its author is no member: kept aside for a while, unread.</summary>
    Aside,

    /// <summary>Its author writes too often; not looked at. It comes again when tables are compared.</summary>
    TooOften,

    /// <summary>
    /// The author has written another with the same stamp, so two processes have its key. The body with the lower hash stays, here as
    /// everywhere.
    /// </summary>
    Clone,

    /// <summary>Not signed by its author, for this mesh. Nothing was changed.</summary>
    Forged,
}
