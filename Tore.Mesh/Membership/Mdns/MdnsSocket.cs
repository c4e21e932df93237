using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>The multicast socket of one interface: port 5353, shared with the other responders of this machine.</summary>
internal sealed class MdnsSocket : IDisposable
{
    /// <summary>The port of mDNS (RFC 6762 §3).</summary>
    public const int Port = 5353;

    private static readonly IPAddress GroupV4 = IPAddress.Parse("224.0.0.251");
    private static readonly IPAddress GroupV6 = IPAddress.Parse("ff02::fb");

    private readonly Socket _socket;
    private readonly IPEndPoint _group;
    private readonly EndPoint _anyone;
    private readonly byte[] _sending = new byte[Limits.MdnsPacketBytes];
    private readonly byte[] _receiving = new byte[Limits.MdnsPacketBytes + 1];

    /// <summary>Opens the socket; throws <see cref="SocketException"/> where the system refuses.</summary>
    public MdnsSocket(MdnsInterface network)
    {
        Interface = network;
        bool v6 = network.Local.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = new Socket(network.Local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            IPAddress any = v6 ? IPAddress.IPv6Any : IPAddress.Any;
            _group = new IPEndPoint(v6 ? GroupV6 : GroupV4, Port);
            _anyone = new IPEndPoint(any, 0);
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (v6)
            {
                _socket.DualMode = false;
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
                _socket.Bind(new IPEndPoint(any, Port));
                var membership = new IPv6MulticastOption(GroupV6, network.Index);
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, membership);
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, network.Index);
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 255);
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, true);
            }
            else
            {
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
                _socket.Bind(new IPEndPoint(any, Port));
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(GroupV4, network.Local));
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, network.Local.GetAddressBytes());
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 255);
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
            }
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Where it speaks.</summary>
    public MdnsInterface Interface { get; }

    /// <summary>Sends one packet, or drops it where the interface has gone or its queue is full: mDNS repeats itself.</summary>
    public bool TrySend(DnsMessage message)
    {
        int bytes = DnsWriter.Write(message, _sending);
        try
        {
            _socket.SendTo(_sending, 0, bytes, SocketFlags.None, _group);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The next whole message of this interface; anything else that arrives at the port is passed over.</summary>
    public async ValueTask<DnsMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            SocketReceiveMessageFromResult received;
            try
            {
                received = await _socket.ReceiveMessageFromAsync(_receiving, SocketFlags.None, _anyone, cancellationToken);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.MessageSize)
            {
                // Windows tells of an earlier packet that nobody took, and of one too long for the buffer.
                continue;
            }
            // A socket on the wildcard hears the groups that any program of this machine joined on any interface.
            if (received.PacketInformation.Interface == Interface.Index
                && DnsReader.TryRead(_receiving.AsSpan(0, received.ReceivedBytes), out DnsMessage message))
            {
                return message;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
