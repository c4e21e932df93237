namespace Tore.Mesh.Host.Api;

/// <summary>tore-0001's activation server (HTTP/JSON baseline).</summary>
internal static class ShardRoutes
{
    public const string ForwardPath = "/shard/forward";
}
