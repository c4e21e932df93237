using System.CommandLine;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore mesh</c>: private meshes, and whom this node takes for a peer.</summary>
internal static class MeshCommand
{
    public static Command Build(CliConsole console) => new ToreCommand(
        "mesh", "Make private meshes, give them new secrets, and say who may join.", "tore mesh new lab", "tore mesh list")
    {
        MeshNewCommand.Build(console),
        MeshListCommand.Build(console),
        MeshRotateCommand.Build(console),
        MeshLeaveCommand.Build(console),
        MeshAdmissionCommand.Ban(console),
        MeshAdmissionCommand.Unban(console),
        MeshAdmissionCommand.Allow(console),
        MeshAdmissionCommand.Disallow(console),
    };
}
