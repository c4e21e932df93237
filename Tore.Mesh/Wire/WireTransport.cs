using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>A way in which a node takes activations; part of <see cref="NodeInfo"/>.</summary>
/// <param name="Name"><c>tore</c>, <c>http</c>, <c>websocket</c>, <c>grpc</c>.</param>
/// <param name="Version">Of that transport.</param>
/// <param name="Port">Where.</param>
/// <param name="Priority">The lower is preferred.</param>
internal readonly record struct WireTransport(string Name, string Version, int Port, int Priority)
{
    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Name);
        writer.Write(Version);
        writer.Write(Port);
        writer.Write(Priority);
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out WireTransport value)
    {
        value = default;
        if (!reader.TryReadFields(4, out int added)
            || !reader.TryRead(Limits.WireNameBytes, out string name)
            || !reader.TryRead(Limits.WireNameBytes, out string version)
            || !reader.TryReadCount(out int port)
            || !reader.TryReadCount(out int priority)
            || !reader.TrySkip(added))
        {
            return false;
        }
        value = new WireTransport(name, version, port, priority);
        return port <= ushort.MaxValue || reader.Refuse(WireFailure.Limit);
    }
}
