namespace Tore.Mesh.Transport;

/// <summary>Which end of a connection this is; the numbers stand in the link proofs.</summary>
internal enum LinkRole : byte
{
    /// <summary>The end that connected.</summary>
    Dialler = 1,

    /// <summary>The end that listened.</summary>
    Acceptor = 2,
}
