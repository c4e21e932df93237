namespace Tore.Mesh.Harness.Network;

/// <summary>
/// The flights of a handshake after TCP's own: TLS 1.3 with a certificate on both sides, hellos, proofs, and what the link is for. With
/// TCP's that is four round trips until the dialler has its link.
/// </summary>
internal enum HandshakeStep : ushort
{
    /// <summary>Dialler: client hello.</summary>
    ClientHello = 1,

    /// <summary>Acceptor: server hello, certificate request, certificate, its proof, finished.</summary>
    ServerFlight = 2,

    /// <summary>Dialler: certificate, its proof, finished, and our hello.</summary>
    ClientFlight = 3,

    /// <summary>Acceptor: our hello.</summary>
    ServerHello = 4,

    /// <summary>Dialler: the proof of the mesh.</summary>
    ClientProof = 5,

    /// <summary>Acceptor: its proof. The dialler's link stands.</summary>
    ServerProof = 6,

    /// <summary>Dialler: what the link is for. The acceptor's link stands.</summary>
    LinkOpen = 7,
}
