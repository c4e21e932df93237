using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Hosting;

/// <summary>At most <see cref="Limits.HttpConnectionsPerAddress"/> open connections from one address; loopback is exempt.</summary>
internal sealed class AddressLimit
{
    private readonly ConcurrentDictionary<IPAddress, int> _open = new();

    /// <summary>Puts the limit before a connection's work.</summary>
    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: IPAddress address } || IPAddress.IsLoopback(Plain(address)))
        {
            await next(connection);
            return;
        }
        address = Plain(address);
        try
        {
            if (_open.AddOrUpdate(address, 1, (_, count) => count + 1) <= Limits.HttpConnectionsPerAddress)
            {
                await next(connection);
            }
            else
            {
                connection.Abort();
            }
        }
        finally
        {
            if (_open.AddOrUpdate(address, 0, (_, count) => count - 1) == 0)
            {
                _open.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
            }
        }
    };

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
