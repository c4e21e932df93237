using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>The multicast socket of one link: port 5353, shared with the other responders of this machine.</summary>
internal sealed class MdnsSocket : IDisposable
{
    // Of Linux's socket.h, in.h and in6.h.
    private const int LevelSocket = 1, ReuseAddress = 2, LevelV4 = 0, MulticastAllV4 = 49, LevelV6 = 41, MulticastAllV6 = 29;

    private static readonly IPAddress GroupV4 = IPAddress.Parse("224.0.0.251");
    private static readonly IPAddress GroupV6 = IPAddress.Parse("ff02::fb");

    private readonly Socket _socket;
    private readonly IPEndPoint _group;
    private readonly EndPoint _anyone;
    private readonly byte[] _sending = new byte[Limits.MdnsPacketBytes];
    private readonly byte[] _receiving = new byte[Limits.MdnsPacketBytes + 1];

    /// <summary>Opens the socket; throws <see cref="SocketException"/> where the system refuses.</summary>
    public MdnsSocket(MdnsInterface link)
    {
        bool v6 = link.Local.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = new Socket(link.Local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            IPAddress any = v6 ? IPAddress.IPv6Any : IPAddress.Any;
            _group = new IPEndPoint(v6 ? new IPAddress(GroupV6.GetAddressBytes(), link.Index) : GroupV4, MdnsSource.Port);
            _anyone = new IPEndPoint(any, 0);
            SharePort();
            if (v6)
            {
                _socket.DualMode = false;
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
                _socket.Bind(new IPEndPoint(any, MdnsSource.Port));
                var membership = new IPv6MulticastOption(GroupV6, link.Index);
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, membership);
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, link.Index);
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 255);
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, true);
            }
            else
            {
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
                _socket.Bind(new IPEndPoint(any, MdnsSource.Port));
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(GroupV4, link.Local));
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, link.Local.GetAddressBytes());
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 255);
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
            }
            OnlyOwnGroup(v6);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one packet to all, or drops it where the interface has gone or takes none yet: mDNS repeats itself.</summary>
    public bool TrySend(DnsMessage message) => TrySend(message, _group);

    /// <summary>Sends one packet to one asker.</summary>
    public bool TrySend(DnsMessage message, IPEndPoint to)
    {
        try
        {
            return DnsWriter.TryWrite(message, _sending, out int bytes)
                && _socket.SendTo(_sending, 0, bytes, SocketFlags.None, to) == bytes;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The next packet; it stays valid until the next call.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Packet, IPEndPoint Sender, IPPacketInformation To)> ReceiveAsync(
        CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                SocketReceiveMessageFromResult received =
                    await _socket.ReceiveMessageFromAsync(_receiving, SocketFlags.None, _anyone, cancellationToken);
                return (_receiving.AsMemory(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint, received.PacketInformation);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.MessageSize)
            {
                // Windows tells of an earlier packet that nobody took, and of one too long for the buffer.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>
    /// The framework's option is SO_REUSEADDR and SO_REUSEPORT together. On Linux the second makes a group of all such sockets of a
    /// user, and a packet that concerns one of them alone is given to any of the group. The first is enough there.
    /// </summary>
    private void SharePort()
    {
        if (OperatingSystem.IsLinux())
        {
            _socket.SetRawSocketOption(LevelSocket, ReuseAddress, BitConverter.GetBytes(1));
        }
        else
        {
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }
    }

    /// <summary>
    /// Linux gives a socket on the wildcard the packets of every group that any program joined on any interface, unless told
    /// otherwise, so that a flood on one interface would fill the buffers of all. Elsewhere the receiver sorts them out.
    /// </summary>
    private void OnlyOwnGroup(bool v6)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        try
        {
            _socket.SetRawSocketOption(v6 ? LevelV6 : LevelV4, v6 ? MulticastAllV6 : MulticastAllV4, BitConverter.GetBytes(0));
        }
        catch (SocketException)
        {
            // An old kernel: the receiver sorts them out here, too.
        }
    }
}
