namespace Tore.Mesh.Harness.Network;

/// <summary>What a piece of a connection's stream is.</summary>
internal enum SegmentKind : byte
{
    /// <summary>A step of TLS, hello and proofs.</summary>
    Handshake,

    /// <summary>One frame.</summary>
    Frame,

    /// <summary>The end of the stream.</summary>
    End,
}
