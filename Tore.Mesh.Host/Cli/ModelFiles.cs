using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>Finds and opens the model that a command names: a GGUF file, or <c>stories</c>, which comes with the program.</summary>
internal static class ModelFiles
{
    /// <summary>The name of the model that comes with the program.</summary>
    public const string Stories = "stories";

    /// <summary>Where that model stands: beside the program.</summary>
    public static string StoriesPath => Path.Combine(AppContext.BaseDirectory, "Models", "stories.gguf");

    /// <summary>The path that a name stands for; throws <c>file_not_readable</c> when there is no such file.</summary>
    public static string Find(string model)
    {
        if (File.Exists(model))
        {
            return Path.GetFullPath(model);
        }
        if (model == Stories && File.Exists(StoriesPath))
        {
            return StoriesPath;
        }
        throw new ToreException(
            ErrorCodes.FileNotReadable, $"There is no model file '{model}'. Give the path of a GGUF file, or '{Stories}' for the model "
                + $"that comes with tore.");
    }

    /// <summary>Opens a model's file.</summary>
    public static GgufFile Open(string model) => GgufFile.Open(Find(model));

    /// <summary>The label of a file: its name without <c>.gguf</c>.</summary>
    public static string LabelOf(string path)
    {
        string name = Path.GetFileName(path);
        return name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
    }

    /// <summary>An open file as a model to run here; the file stays the caller's.</summary>
    public static LocalModel ToRun(GgufFile file, ModelText text) => new()
    {
        File = file,
        Config = ModelConfig.Read(file),
        Label = LabelOf(file.Path),
        Text = text,
    };
}
