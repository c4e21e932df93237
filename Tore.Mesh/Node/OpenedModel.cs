using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A model file that was opened and understood, but not yet identified.</summary>
internal sealed record OpenedModel(GgufFile File, ModelConfig Config, ModelText Text, string Label, LayerRange? Limit)
{
    /// <summary>The same with its identity.</summary>
    public ServedModel Identified(Digest digest) =>
        new() { File = File, Config = Config, Text = Text, Label = Label, Limit = Limit, Digest = digest };
}
