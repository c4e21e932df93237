using System.Collections.Concurrent;
using System.Globalization;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>The wires of the in-memory transport: who listens where. One for each test or simulation.</summary>
internal sealed class MemoryNetwork
{
    private readonly ConcurrentDictionary<MemoryEndPoint, MemoryListener> _listeners = new();
    private int _lastName;

    /// <summary>A name that nobody has.</summary>
    public MemoryEndPoint NextEndPoint() =>
        new(string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref _lastName)}"));

    /// <summary>Lists a listener; throws <c>port_in_use</c>.</summary>
    public void Add(MemoryListener listener)
    {
        if (!_listeners.TryAdd((MemoryEndPoint)listener.EndPoint, listener))
        {
            throw new ToreException(ErrorCodes.PortInUse, $"Something already listens on {listener.EndPoint}.");
        }
    }

    /// <summary>Forgets a listener.</summary>
    public void Remove(MemoryListener listener) => _listeners.TryRemove(new((MemoryEndPoint)listener.EndPoint, listener));

    /// <summary>Who listens there, if anybody.</summary>
    public MemoryListener? Find(MemoryEndPoint endpoint) => _listeners.GetValueOrDefault(endpoint);
}
