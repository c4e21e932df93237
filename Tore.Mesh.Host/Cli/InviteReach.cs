using System.Globalization;
using System.Net;
using Tore.Mesh.Host.Doctor;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary>The addresses that an invite names.</summary>
/// <param name="Addresses">Where members may be reached.</param>
/// <param name="Note">What the inviter should know of them; null for nothing.</param>
internal sealed record InviteReach(IReadOnlyList<PeerAddress> Addresses, string? Note)
{
    /// <summary>Addresses that are taken from a machine, so that the QR code stays small.</summary>
    private const int MostOwn = 4;

    /// <summary>
    /// Those that were asked for; else the running node's, when it is in this mesh; else this machine's, with the default port. Throws
    /// <c>invalid_request</c>, asking for <c>--address</c>, where the machine has none that others could use.
    /// </summary>
    /// <param name="given">Asked for.</param>
    /// <param name="running">The node that runs on the data folder.</param>
    /// <param name="mesh">The mesh that is invited to.</param>
    /// <param name="own">Addresses of this machine.</param>
    public static InviteReach Of(
        IReadOnlyList<PeerAddress> given, NodeAddresses? running, MeshSecret mesh, IReadOnlyList<OwnInterface> own)
    {
        if (given.Count > 0)
        {
            return given.Count <= Limits.InviteAddresses ? new InviteReach(given, null) : throw new ToreException(
                ErrorCodes.InvalidRequest, $"An invite names at most {Limits.InviteAddresses} addresses; {given.Count} are given.");
        }
        if (running is not null && MeshName.Comparer.Equals(running.Mesh, mesh.Name))
        {
            InviteReach reach = OfRunning(running);
            return running.MeshId == mesh.Id.ToString() ? reach : reach with
            {
                Note = $"The running node still has the old secret of '{mesh.Name}': restart it (tore up --mesh {mesh.Name}), so that it "
                    + "takes those who come with this invite.",
            };
        }
        // A link-local address means nothing without the receiver's own scope.
        PeerAddress[] others = [.. own.Select(o => o.Address).Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
            .Select(a => PeerAddress.From(new IPEndPoint(a, MeshNodeOptions.DefaultPort))).Distinct().Take(MostOwn)];
        return others.Length == 0
            ? throw new ToreException(ErrorCodes.InvalidRequest,
                $"No node of mesh '{mesh.Name}' runs on this data folder, and this machine has no address that others could dial. "
                + "Say where members can be reached: --address HOST:PORT.")
            : new InviteReach(others, string.Create(CultureInfo.InvariantCulture,
                $"No node of this mesh runs here yet, so the invite takes it that one will listen on port {MeshNodeOptions.DefaultPort}: ")
                + $"tore up --mesh {mesh.Name} --listen 0.0.0.0:{MeshNodeOptions.DefaultPort}. Else say --address HOST:PORT.");
    }

    private static InviteReach OfRunning(NodeAddresses running)
    {
        List<PeerAddress> listened = [];
        foreach (string text in running.Listen)
        {
            if (PeerAddress.TryParse(text, out PeerAddress address))
            {
                listened.Add(address);
            }
        }
        PeerAddress[] others = [.. listened.Where(a => !a.IsLoopback).Take(MostOwn)];
        return others.Length > 0
            ? new InviteReach(others, null)
            : new InviteReach(listened, "The running node listens on this machine only, so the invite serves here only. For others, start "
                + $"it with --listen 0.0.0.0:{MeshNodeOptions.DefaultPort}, or say --address HOST:PORT.");
    }
}
