using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>Opens the model files of a node at its start, so that what is wrong with one is told before anything listens.</summary>
internal static class ModelOpening
{
    private const string Extension = ".gguf";

    /// <summary>Opens all of them, or none.</summary>
    public static List<OpenedModel> Open(MeshNodeOptions options)
    {
        var models = new List<OpenedModel>();
        try
        {
            foreach (ModelSource source in options.Models)
            {
                models.Add(Open(source, options));
            }
            return models;
        }
        catch
        {
            models.ForEach(m => m.File.Dispose());
            throw;
        }
    }

    /// <summary>The label of a file: its name without <c>.gguf</c>.</summary>
    public static string LabelOf(string path)
    {
        string name = Path.GetFileName(path);
        return name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name[..^Extension.Length] : name;
    }

    private static OpenedModel Open(ModelSource source, MeshNodeOptions options)
    {
        GgufFile file = GgufFile.Open(source.Path);
        try
        {
            ModelConfig config = ModelConfig.Read(file);
            if (source.Layers is { } layers && layers.End >= config.LayerCount)
            {
                throw new ToreException(ErrorCodes.InvalidStages,
                    $"--layers {layers} is beyond {source.Path}, which has layers 0-{config.LayerCount - 1}.");
            }
            ModelText text = ModelText.Open(file, options.TemplateFamily);
            return new OpenedModel(file, config, text, source.Label ?? LabelOf(source.Path), source.Layers);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
