using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Transport;

public sealed class TcpTransportTests : TransportContract
{
    private protected override EndPoint AnyAddress => new IPEndPoint(IPAddress.Loopback, 0);

    private protected override EndPoint DeadAddress { get; } = FreePort.Take();

    internal override ITransport Dialler(TransportOptions options) => new TcpTransport(options);

    internal override ITransport Acceptor(TransportOptions options) => new TcpTransport(options);

    [Fact(Timeout = 20_000)]
    public async Task Listen_IPv6Any_TakesBothFamilies()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        var transport = new TcpTransport(new TransportOptions());
        await using ITransportListener listener = transport.Listen(new IPEndPoint(IPAddress.IPv6Any, 0));
        int port = ((IPEndPoint)listener.EndPoint).Port;

        foreach (IPAddress address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            await using ITransportConnection dialled =
                await transport.DialAsync(new IPEndPoint(address, port), TestContext.Current.CancellationToken);
            await using ITransportConnection? accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);

            // An IPv4 peer is told as one, not as an IPv6 address that wraps it.
            Assert.Equal(address, ((IPEndPoint)accepted!.RemoteEndPoint).Address);
            Assert.Equal(address, ((IPEndPoint)accepted.LocalEndPoint).Address);
        }
    }

    [Fact(Timeout = 20_000)]
    public async Task Listen_IPv6Loopback_TakesIt()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        var transport = new TcpTransport(new TransportOptions());
        await using ITransportListener listener = transport.Listen(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        await using ITransportConnection dialled = await transport.DialAsync(listener.EndPoint, TestContext.Current.CancellationToken);

        Assert.Equal(listener.EndPoint, dialled.RemoteEndPoint);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dial_Name_TriesItsAddresses()
    {
        var transport = new TcpTransport(new TransportOptions());
        await using ITransportListener listener = transport.Listen(AnyAddress);
        int port = ((IPEndPoint)listener.EndPoint).Port;

        await using ITransportConnection dialled =
            await transport.DialAsync(new DnsEndPoint("localhost", port), TestContext.Current.CancellationToken);

        Assert.Equal(port, ((IPEndPoint)dialled.RemoteEndPoint).Port);
    }

    [Fact]
    public void Listen_AddressOfAnotherMachine_IsAddressNotAvailable()
    {
        // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
        var transport = new TcpTransport(new TransportOptions());

        Assert.Equal(ErrorCodes.AddressNotAvailable,
            Assert.Throws<ToreException>(() => transport.Listen(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0))).Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task RemoteIdentity_IsUnknown()
    {
        await using Pair pair = await ConnectAsync();

        Assert.Null(pair.Dialled.RemoteIdentity);
        Assert.Equal("none", pair.Dialled.Security);
    }
}
