using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Host.Cli;

/// <summary>Reads the text side of an open model file.</summary>
internal delegate ModelText ModelTextSource(GgufFile file);

/// <summary>Opens the text side of models as the command line asks for it.</summary>
internal static class ModelTexts
{
    /// <summary>Tokenizer and chat template; <paramref name="family"/> overrides the file's own template.</summary>
    public static ModelText Open(GgufFile file, string? family) => ModelText.Open(file);
}
