namespace Tore.Mesh.Node;

/// <summary>Where a node is in its life.</summary>
public enum NodeState
{
    /// <summary>Not listening yet.</summary>
    Starting,

    /// <summary>Listening: peers may link and requests may come, whether or not any model is ready.</summary>
    Serving,

    /// <summary>Takes no new request; running ones end within 30 s.</summary>
    Draining,

    /// <summary>Everything is closed.</summary>
    Stopped,
}
