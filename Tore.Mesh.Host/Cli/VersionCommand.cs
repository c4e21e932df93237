using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore version</c>: what this is and what it runs on.</summary>
internal static class VersionCommand
{
    /// <summary>The product's version.</summary>
    public static string Version { get; } = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    public static Command Build(CliConsole console)
    {
        var command = new ToreCommand("version", "Tell the version and the platform.", "tore version", "tore version --json");
        command.Run(console, (_, _) =>
        {
            if (console.JsonMode)
            {
                console.WriteJson(new JsonObject
                {
                    ["version"] = Version,
                    ["runtime"] = RuntimeInformation.FrameworkDescription,
                    ["platform"] = RuntimeInformation.RuntimeIdentifier,
                });
            }
            else
            {
                console.Out.WriteLine($"tore {Version} ({RuntimeInformation.FrameworkDescription}, "
                    + $"{RuntimeInformation.RuntimeIdentifier})");
            }
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }
}
