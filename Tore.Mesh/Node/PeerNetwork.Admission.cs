using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Node;

/// <content>What becomes of links when the allow and ban lists change.</content>
internal sealed partial class PeerNetwork
{
    /// <summary>Ends the control links with peers that are no longer admitted; their sequences end with them.</summary>
    public void CloseRefused()
    {
        lock (_gate)
        {
            foreach (Link link in _control.Values)
            {
                if (_options.Links.Refusal(link.Peer.Id) is { } code)
                {
                    _tasks.Add(link.CloseAsync(code, $"Node {Self} no longer takes node {link.Peer.Id} for a peer ({code}).").AsTask());
                }
            }
        }
    }
}
