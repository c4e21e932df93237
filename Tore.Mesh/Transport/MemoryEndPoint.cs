using System.Net;

namespace Tore.Mesh.Transport;

/// <summary>An address within a <see cref="MemoryNetwork"/>.</summary>
internal sealed class MemoryEndPoint(string name) : EndPoint
{
    /// <summary>The address; empty asks the network to choose one.</summary>
    public string Name { get; } = name;

    public override bool Equals(object? other) => other is MemoryEndPoint endpoint && endpoint.Name == Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"memory:{Name}";
}
