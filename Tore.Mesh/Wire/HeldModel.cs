using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>A model whose file a node holds; part of <see cref="NodeInfo"/>.</summary>
/// <param name="Model">Its identity.</param>
/// <param name="Label">The node's name for it.</param>
/// <param name="Architecture"><c>llama</c>, <c>qwen2</c>.</param>
/// <param name="LayerCount">Layers of the whole model.</param>
/// <param name="ContextLength">Positions of one sequence there.</param>
/// <param name="Limit">The only layers that the node opens (<c>--layers</c>); null for any.</param>
/// <param name="Open">The range registered there now; null when nothing is loaded.</param>
internal readonly record struct HeldModel(
    Digest Model, string Label, string Architecture, int LayerCount, int ContextLength, LayerRange? Limit, LayerRange? Open)
{
    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(7);
        writer.Write(Model);
        writer.Write(Label);
        writer.Write(Architecture);
        writer.Write(LayerCount);
        writer.Write(ContextLength);
        writer.Write(Limit);
        writer.Write(Open);
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out HeldModel value)
    {
        value = default;
        if (!reader.TryReadFields(7, out int added)
            || !reader.TryRead(out Digest model)
            || !reader.TryRead(Limits.WireNameBytes, out string label)
            || !reader.TryRead(Limits.WireNameBytes, out string architecture)
            || !reader.TryReadCount(out int layerCount)
            || !reader.TryReadCount(out int contextLength)
            || !reader.TryRead(out LayerRange? limit)
            || !reader.TryRead(out LayerRange? open)
            || !reader.TrySkip(added))
        {
            return false;
        }
        value = new HeldModel(model, label, architecture, layerCount, contextLength, limit, open);
        return layerCount <= Limits.ModelLayers || reader.Refuse(WireFailure.Limit);
    }
}
