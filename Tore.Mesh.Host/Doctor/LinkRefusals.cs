using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Doctor;

/// <summary>What an error of a link's handshake means and asks for, whichever end met it.</summary>
internal static class LinkRefusals
{
    /// <summary>The finding of a handshake that failed.</summary>
    /// <param name="facts">What is known here.</param>
    /// <param name="about">The peer's id or address.</param>
    /// <param name="who">The same in a sentence.</param>
    /// <param name="code">Of the error.</param>
    /// <param name="text">Of the error.</param>
    /// <param name="peerMesh">The peer's fingerprint, where it differs.</param>
    public static Finding Explain(DoctorFacts facts, string about, string who, string code, string text, MeshId? peerMesh) => code switch
    {
        ErrorCodes.WrongMesh => MeshDifference.Explain(facts, about, who, peerMesh),
        ErrorCodes.WrongProof => new Finding(code, about,
            $"{who} shows the fingerprint of mesh '{facts.Mesh}' and could not prove its secret.",
            "It does not have the secret: a damaged copy of the mesh's file, or somebody who imitates a member.",
            $"If you know the node, give it a new invite (tore invite {facts.Mesh}). If not: tore mesh ban."),
        ErrorCodes.WireVersion => new Finding(code, about, $"{who} speaks other wire versions than this node.", text,
            "Bring the older of the two programs up to date ('tore version' on both)."),
        ErrorCodes.TlsRefused => new Finding(code, about, $"{who} and this node could not agree on TLS.", text,
            "Update the platform of the machine that has no TLS 1.3, or allow 1.2: leave out --tls-min 1.3 on the other."),
        ErrorCodes.PeerCertificate or ErrorCodes.WireMalformed => new Finding(code, about, $"{who} is no tore node.", text,
            "Check the port: HTTP (7600) is not where peers link (7601)."),
        ErrorCodes.HandshakeFailed => new Finding(code, about, $"{who} ended the handshake.",
            text, "If it is a tore node, run 'tore doctor' there: the end that refused knows why. Else check the port."),
        ErrorCodes.HandshakeTimeout => new Finding(code, about, $"{who} took the connection and then said too little.",
            text, "Another program may listen there, or its machine is very busy: look there, then try again."),
        ErrorCodes.WrongPeer => new Finding(code, about, $"{who} is not the node that was expected there.", text,
            "The address was given to another machine, or that node has a new key. Wait for mDNS or members to tell the new address."),
        ErrorCodes.Banned => new Finding(code, about, $"{who} and this node do not link: one has banned the other.", text,
            "'tore mesh list' shows this node's bans; tore mesh unban ID lifts one. Each node has its own list."),
        ErrorCodes.NotAllowed => new Finding(
            code, about, $"{who} and this node do not link: one has an allow list without the other.", text,
            "'tore mesh list' shows this node's list; tore mesh allow ID adds to it. Each node has its own."),
        ErrorCodes.TooManyLinks => new Finding(code, about, $"{who} takes no more links.", text, "Wait: links that are not used end."),
        ErrorCodes.PeerIsSelf => new Finding(code, about, $"{who} is this node itself, or another with a copy of its key.", text,
            "Remove the address from the seeds. If another machine answers there, it must have a key of its own: give it a new --data.",
            IsProblem: false),
        ErrorCodes.Draining => new Finding(code, about, $"{who} is just stopping.", text, "Start it again."),
        _ => new Finding(code, about, $"{who} cannot be linked with.", text, "Check that node: tore status there."),
    };
}
