namespace Tore.Mesh.Harness.Network;

/// <summary>Where one end of a connection stands.</summary>
internal enum EndState : byte
{
    /// <summary>TCP stands; keys, hellos and proofs are being exchanged.</summary>
    Handshaking,

    /// <summary>A link: frames pass.</summary>
    Open,

    /// <summary>The process said goodbye; what was queued still goes out.</summary>
    Closing,

    /// <summary>The process knows nothing of it any more; its system may still be sending.</summary>
    Closed,

    /// <summary>The machine lost its power: nobody remembers the connection.</summary>
    Gone,
}
