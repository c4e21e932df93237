using System.Net.NetworkInformation;
using Tore.Mesh.Host.Cli;
using Tore.Mesh.Host.Hosting;
using Tore.Mesh.Identity;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Doctor;

/// <summary>Looks at this machine: the data folder, its secrets, the ports, the networks. Changes nothing.</summary>
internal static class LocalFactsGatherer
{
    private const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The facts about a data folder and the machine around it; the meshes as far as they can be read.</summary>
    public static (LocalFacts Facts, IReadOnlyList<StoredMesh> Meshes) Gather(string folder, DateTimeOffset now)
    {
        List<(string, string)> problems = [];
        // Before anything is opened: opening the key closes it to others.
        string[] exposed = [.. Secrets(folder).Where(IsExposed)];
        IReadOnlyList<StoredMesh> meshes = [];
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Try(problems, () => DataFolder.Prepare(folder));
            Try(problems, () => meshes = new MeshStore(folder).List());
            string key = DataFolder.KeyPathIn(folder);
            if (File.Exists(key) && exposed.Length == 0)
            {
                Try(problems, () => NodeKey.Load(key).Dispose());
            }
        }
        int? running = RunningNode.Find(folder)?.ProcessId;
        return (new LocalFacts
        {
            DataFolder = folder,
            Now = now,
            FolderProblems = problems,
            ExposedFiles = exposed,
            RunningProcess = running,
            TakenPorts = running is null ? TakenPorts() : [],
            Interfaces = OwnInterface.All(),
            Meshes = [.. meshes.Select(m => new MeshFact(m.Mesh.Name, m.Mesh.Id, m.Former))],
        }, meshes);
    }

    private static IEnumerable<string> Secrets(string folder)
    {
        string meshes = Path.Combine(folder, "meshes"), key = DataFolder.KeyPathIn(folder);
        return (Directory.Exists(meshes) ? Directory.EnumerateFiles(meshes, "*.json") : []).Concat(File.Exists(key) ? [key] : []);
    }

    private static bool IsExposed(string file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & OthersMode) != 0;

    private static void Try(List<(string, string)> problems, Action look)
    {
        try
        {
            look();
        }
        catch (ToreException problem)
        {
            problems.Add((problem.Code, problem.Message));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            problems.Add((ErrorCodes.FileNotReadable, problem.Message));
        }
    }

    private static int[] TakenPorts()
    {
        int[] ours = [HttpOptions.DefaultPort, MeshNodeOptions.DefaultPort];
        try
        {
            return [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port).Where(ours.Contains)
                .Distinct().Order()];
        }
        catch (Exception hidden) when (hidden is NetworkInformationException or PlatformNotSupportedException)
        {
            return [];
        }
    }
}
