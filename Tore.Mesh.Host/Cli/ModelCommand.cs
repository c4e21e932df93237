using System.CommandLine;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore model</c>: what can be done with model files.</summary>
internal static class ModelCommand
{
    public static Command Build(CliConsole console) =>
        new ToreCommand("model", "Look into model files, or make one.", "tore model inspect stories")
    {
        ModelInspectCommand.Build(console),
        ModelSynthCommand.Build(console),
    };
}
