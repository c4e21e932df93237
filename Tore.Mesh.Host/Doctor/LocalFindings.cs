using System.Globalization;
using System.Net;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Doctor;

/// <summary>What is wrong on this machine itself.</summary>
internal static class LocalFindings
{
    /// <summary>When this program was written: a clock before that is wrong, whatever peers say.</summary>
    private static readonly DateTimeOffset Written = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Unlikely = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<Finding> Of(DoctorFacts facts, LocalFacts local)
    {
        foreach ((string code, string text) in local.FolderProblems)
        {
            yield return new Finding(code, local.DataFolder, "The data folder cannot be used as it is.", text,
                "Do what the text says, or choose another folder with --data.");
        }
        foreach (string file in local.ExposedFiles)
        {
            yield return new Finding(ErrorCodes.KeyExposed, file, $"Other users of this machine can read '{file}'.",
                "Its mode is not 0600: it was copied or changed by hand.",
                $"chmod 600 '{file}'. If others may have read it: a mesh gets a new secret by 'tore mesh rotate', a node a new key by "
                + "removing node.key while it is stopped.");
        }
        if (local.Now < Written || local.Now > Unlikely)
        {
            yield return new Finding(FindingCodes.ClockSkew, "clock", string.Create(CultureInfo.InvariantCulture,
                $"This machine's clock says {local.Now:yyyy-MM-dd}."), "It was never set, or its battery is empty.",
                "Set it, best by a time service (NTP): expiries are judged by it.");
        }
        foreach (Finding finding in OfRunning(facts, local))
        {
            yield return finding;
        }
    }

    private static IEnumerable<Finding> OfRunning(DoctorFacts facts, LocalFacts local)
    {
        if (facts.Node is null && local.RunningProcess is null)
        {
            yield return new Finding(FindingCodes.NotRunning, local.DataFolder, "No node runs on this data folder.",
                $"Nothing holds {local.DataFolder}.", "Start one: tore up. (Another one's folder: --data; a node elsewhere: --node URL.)",
                IsProblem: false);
        }
        else if (facts.Node is null)
        {
            yield return new Finding(ErrorCodes.PeerUnreachable, local.DataFolder, string.Create(CultureInfo.InvariantCulture,
                $"A node runs on this data folder (process {local.RunningProcess}), but its HTTP interface does not answer."),
                "It is just starting or stopping, hangs, or wants a key.",
                "Try again; give --api-key-file where it has one; else restart it.");
        }
        foreach (int port in local.TakenPorts)
        {
            yield return new Finding(ErrorCodes.PortInUse, string.Create(CultureInfo.InvariantCulture, $"port {port}"),
                string.Create(CultureInfo.InvariantCulture, $"Port {port} is taken, and not by a node of this data folder."),
                "Another program, or another node, listens there.",
                "A bare 'tore up' takes the next free port: others must then be told that one. With --listen or --http on it, 'tore up' "
                    + "refuses to start.", IsProblem: false);
        }
        if (facts.MeshId != MeshSecret.Local.Id && local.Interfaces.All(i => IPAddress.IsLoopback(i.Address)))
        {
            yield return new Finding(FindingCodes.NoNetwork, "network", "This machine has no network but loopback.",
                "No interface is up.", "Connect it: nobody else can be reached.");
        }
        if (facts.Node is { } node && MeshSecret.Open.Name != node.Mesh
            && local.Meshes.FirstOrDefault(m => m.Former.Any(f => f.ToString() == node.MeshId)) is { } rotated)
        {
            yield return new Finding(FindingCodes.RestartNeeded, node.NodeId,
                $"The node runs with the old secret of mesh '{rotated.Name}' ({node.MeshId}; now {rotated.Id}).",
                "The secret was rotated, or a new invite taken, after it was started.", $"Restart it: tore up --mesh {rotated.Name}");
        }
    }
}
