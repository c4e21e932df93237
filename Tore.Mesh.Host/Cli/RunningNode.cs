using System.Diagnostics;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary>The node that runs on a data folder, as far as the folder tells.</summary>
internal static class RunningNode
{
    /// <summary>Its addresses; null when none runs: one that was killed leaves a file, but no process.</summary>
    public static NodeAddresses? Find(string? dataFolder)
    {
        if (DataFolder.ReadAddresses(dataFolder) is not { } addresses)
        {
            return null;
        }
        try
        {
            using Process process = Process.GetProcessById(addresses.ProcessId);
            return process.HasExited ? null : addresses;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return gone is System.ComponentModel.Win32Exception ? addresses : null;
        }
    }
}
