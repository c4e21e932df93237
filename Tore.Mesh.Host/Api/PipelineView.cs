using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Api;

/// <summary>
/// A model's route as tore-0001's Pipeline: its id changes with its composition, its date is when that was first seen here.
/// </summary>
internal sealed class PipelineView(TimeProvider time)
{
    /// <summary>Version of the activation transport that every shard serves.</summary>
    private const string HttpVersion = "0.1";

    /// <summary>No node says where it stands; ISO 3166 keeps this code for that.</summary>
    private const string UnknownRegion = "ZZ";

    /// <summary>Compositions remembered; older ones lose their date, no more.</summary>
    private const int Remembered = 1024;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _firstSeen = new(StringComparer.Ordinal);

    /// <summary>The pipeline of a model now, complete or not.</summary>
    public PipelineBody Of(ModelListing model, NodeStatus status)
    {
        ModelStatus? state = status.Models.FirstOrDefault(m => m.Listing.Digest == model.Digest);
        IReadOnlyList<PipelineStage> route = state?.Route ?? [];
        PipelineShard[] shards = [.. route.Select(stage => ShardOf(stage, model.Label, status))];
        string id = IdOf(model.Digest, route);
        if (_firstSeen.Count > Remembered)
        {
            _firstSeen.Clear();
        }
        DateTimeOffset created = _firstSeen.GetOrAdd(id, _ => time.GetUtcNow());
        string[] nodes = [.. route.Select(s => s.Node.ToString()).Distinct()];
        int covered = route.Sum(s => s.Layers.Count);
        return new PipelineBody
        {
            PipelineId = id,
            ModelId = model.Label,
            IsComplete = covered == model.LayerCount,
            Shards = shards,
            TotalLayers = model.LayerCount,
            LayersCovered = covered,
            CreatedAt = created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            Available = covered == model.LayerCount,
            OnlineNodes = state?.Holders.Count ?? 0,
            PipelineNodes = nodes,
        };
    }

    private static PipelineShard ShardOf(PipelineStage stage, string model, NodeStatus status)
    {
        MemberStatus? peer = status.Members.FirstOrDefault(p => p.NodeId == stage.Node);
        string? http = stage.Node == status.NodeId ? status.Http : peer?.Capabilities?.Http;
        (string host, int port) = Uri.TryCreate(http, UriKind.Absolute, out Uri? url) ? (url.Host.Trim('[', ']'), url.Port) : ("", 0);
        TransportDeclaration[] transports = [new("http", HttpVersion, port, 1)];
        return new PipelineShard(
            stage.Node.ToString(), model, stage.Layers.Start, stage.Layers.End, host, port, transports, UnknownRegion);
    }

    /// <summary>A UUID of version 8 from the composition.</summary>
    private static string IdOf(Digest model, IReadOnlyList<PipelineStage> route)
    {
        string composition = $"{model} {string.Join(' ', route.Select(s => $"{s.Node}:{s.Layers}"))}";
        Span<byte> hash = stackalloc byte[Digest.Size];
        Digest.Of(Encoding.ASCII.GetBytes(composition)).CopyTo(hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString();
    }
}
