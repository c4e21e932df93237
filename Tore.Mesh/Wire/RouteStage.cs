using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>One stage of a route; part of <see cref="OpenSequence"/>.</summary>
internal readonly record struct RouteStage(NodeId Node, LayerRange Layers)
{
    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Node);
        writer.Write(Layers);
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out RouteStage value)
    {
        value = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out NodeId node)
            || !reader.TryRead(out LayerRange layers)
            || !reader.TrySkip(added))
        {
            return false;
        }
        value = new RouteStage(node, layers);
        return true;
    }
}
