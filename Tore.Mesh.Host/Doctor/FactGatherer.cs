using System.Security.Authentication;
using System.Text.Json.Nodes;
using Tore.Mesh.Host.Cli;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Doctor;

/// <summary>
/// Gathers the facts: (1) this machine, (2) the running node, where there is one, (3) which mesh is meant, (4) what answers at the
/// addresses that lead nowhere, and at those asked about.
/// </summary>
internal sealed class FactGatherer(DoctorRequest request, TimeProvider time)
{
    /// <summary>Addresses that are dialled without being asked for.</summary>
    private const int MostProbes = 16;

    /// <summary>How long the running node may take for an answer.</summary>
    private static readonly TimeSpan NodeAnswer = TimeSpan.FromSeconds(5);

    /// <summary>Gathers them; throws what is wrong with the request (<c>mesh_not_found</c>, <c>peer_unreachable</c> of a URL).</summary>
    public async Task<DoctorFacts> GatherAsync(CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(request.DataFolder ?? DataFolderPaths.Default);
        (LocalFacts local, IReadOnlyList<StoredMesh> meshes) = LocalFactsGatherer.Gather(folder, time.GetUtcNow());
        NodeFacts? node = await AskNodeAsync(local, cancellationToken);
        MeshSecret? mesh = Choose(node, meshes);
        var facts = new DoctorFacts
        {
            Local = IsElsewhere ? null : local,
            Node = node,
            Mesh = node?.Mesh ?? mesh!.Name,
            MeshId = node is not null && MeshId.TryParse(node.MeshId, out MeshId id) ? id : mesh?.Id ?? default,
        };
        // Without the running node's secret (it was rotated meanwhile) a try would show another mesh than the node is in.
        return mesh is null ? facts : facts with { Probes = await ProbeAsync(folder, node, local, mesh, cancellationToken) };
    }

    /// <summary>Whether the node asked about runs on another machine, whose files and networks are not seen from here.</summary>
    private bool IsElsewhere => Uri.TryCreate(request.Node, UriKind.Absolute, out Uri? url) && !url.IsLoopback;

    private async Task<NodeFacts?> AskNodeAsync(LocalFacts local, CancellationToken cancellationToken)
    {
        if (request.Node is null && local.RunningProcess is null)
        {
            return null;
        }
        using var patience = new CancellationTokenSource(NodeAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using NodeClient client = NodeClient.Find(request.Node, request.DataFolder, request.ApiKeyFile);
            JsonObject members = await client.GetAsync("/mesh/members", either.Token);
            return NodeFactsReader.Read(members, await client.GetAsync("/mesh/contacts", either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return request.Node is null ? null : throw new ToreException(ErrorCodes.PeerUnreachable,
                $"The node at {request.Node} does not answer within {NodeAnswer.TotalSeconds:0} s.");
        }
        catch (ToreException silent) when (request.Node is null && silent.Code == ErrorCodes.PeerUnreachable)
        {
            return null;
        }
    }

    /// <summary>The mesh to try addresses with; null when the running node's secret is not to be had.</summary>
    private MeshSecret? Choose(NodeFacts? node, IReadOnlyList<StoredMesh> meshes)
    {
        if (node is not null)
        {
            return new[] { MeshSecret.Local, MeshSecret.Open }.Concat(meshes.Select(m => m.Mesh))
                .FirstOrDefault(m => m.Id.ToString() == node.MeshId);
        }
        if (request.Open)
        {
            return MeshSecret.Open;
        }
        if (request.Mesh is { } name)
        {
            return meshes.FirstOrDefault(m => MeshName.Comparer.Equals(m.Mesh.Name, name))?.Mesh
                ?? throw new ToreException(
                    ErrorCodes.MeshNotFound, $"This data folder has no mesh '{name}': 'tore mesh list' shows those it has.");
        }
        return meshes.Count == 1 ? meshes[0].Mesh : meshes.Count == 0 ? MeshSecret.Local : request.Addresses.Count == 0 ? MeshSecret.Local
            : throw new ToreException(ErrorCodes.MeshNotFound,
                $"Say with which mesh to try: --open, or --mesh and one of {string.Join(", ", meshes.Select(m => m.Mesh.Name))}.");
    }

    private async Task<IReadOnlyList<LinkProbeResult>> ProbeAsync(
        string folder, NodeFacts? node, LocalFacts local, MeshSecret mesh, CancellationToken cancellationToken)
    {
        List<PeerAddress> addresses = [.. request.Addresses];
        if (!IsElsewhere)
        {
            foreach (ContactFact contact in (node?.Contacts ?? []).Where(c => c is { IsLinked: false, Code: not null }).Take(MostProbes))
            {
                if (PeerAddress.TryParse(contact.Address, out PeerAddress address) && !addresses.Contains(address))
                {
                    addresses.Add(address);
                }
            }
        }
        if (addresses.Count == 0)
        {
            return [];
        }
        // With the node's own key, also while it runs: its peers' bans and lists then count, and a link that nobody introduces himself on
        // takes no other's place. Loading an exposed key would close it to others, which is not the doctor's to do.
        string path = DataFolder.KeyPathIn(folder);
        bool own = File.Exists(path) && local.FolderProblems.Count == 0 && local.ExposedFiles.Count == 0;
        using NodeKey key = own ? NodeKey.Load(path) : NodeKey.Create();
        var probe = new LinkProbe(key, own, mesh, request.OldestTls, time);
        return await Task.WhenAll(addresses.Select(a => probe.RunAsync(a, cancellationToken)));
    }
}
