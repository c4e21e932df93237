namespace Tore.Mesh.Membership.Swim;

/// <summary>Why a ping was sent.</summary>
internal enum PingPurpose
{
    /// <summary>A probe in its turn.</summary>
    Probe,

    /// <summary>This node's own probe of a suspect.</summary>
    Own,

    /// <summary>Another node asked for it.</summary>
    Relay,
}
