using System.Buffers;
using System.Buffers.Binary;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Transport.Hostile;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>A member that breaks the rules of an open link: one clear code, an end, and no memory given on its word.</summary>
public sealed class LinkBadInputTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 20_000)]
    [InlineData("Control", "ffffffff0010", "wire_limit")] // a frame of 4 GiB
    [InlineData("Control", "001000010010", "wire_limit")] // one byte above the control limit
    [InlineData("Activation", "010100000040", "wire_limit")] // above the activation limit
    [InlineData("Control", "00000000", "wire_malformed")] // no room for a number
    [InlineData("Control", "00000004" + "0040" + "9102", "wire_malformed")] // Activations on a control link
    [InlineData("Activation", "00000005" + "0010" + "920102", "wire_malformed")] // Ping on an activation link
    [InlineData("Control", "00000004" + "0001" + "9101", "wire_malformed")] // LinkOpen once more
    [InlineData("Control", "00000004" + "0002" + "91a0", "wire_malformed")] // half a goodbye
    [InlineData("Control", "474554202f20485454502f312e310d0a", "wire_limit")] // HTTP after the handshake
    public async Task Run_BrokenFrame_EndsTheLinkWithItsCode(string kind, string hex, string code)
    {
        (RawPeer peer, Link bob) = await RawPeer.LinkAsync(Enum.Parse<LinkKind>(kind));
        await using RawPeer _ = peer;
        RecordingHandler handler = new();
        Task<ToreException?> running = bob.RunAsync(handler, Token);

        await peer.SendAsync(Convert.FromHexString(hex));

        Assert.Equal(code, (await running)?.Code);
        Assert.Equal(code, bob.CloseReason?.Code);
        Assert.True(bob.Closed.IsCompleted);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_CloseWithinAFrame_IsMalformed()
    {
        (RawPeer peer, Link bob) = await RawPeer.LinkAsync(LinkKind.Control);
        await using RawPeer _ = peer;
        Task<ToreException?> running = bob.RunAsync(new RecordingHandler(), Token);

        await peer.SendAsync(Convert.FromHexString("0000000500109201"));
        await peer.CloseAsync();

        Assert.Equal(ErrorCodes.WireMalformed, (await running)?.Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_UnknownMessage_IsSkippedAndCounted()
    {
        (RawPeer peer, Link bob) = await RawPeer.LinkAsync(LinkKind.Control);
        await using RawPeer _ = peer;
        RecordingHandler handler = new();
        Task<ToreException?> running = bob.RunAsync(handler, Token);

        await peer.SendAsync([.. Convert.FromHexString("00000006" + "7fff" + "deadbeef"), .. HostileBytes.FrameOf(new Ping(7, 8))]);

        Assert.Equal(new Ping(7, 8), await handler.NextAsync<Ping>());
        Assert.Equal(1, bob.UnknownMessages);
        await peer.CloseAsync();
        Assert.Null(await running);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_HugeFrameThatNeverComes_HoldsLittleMemory()
    {
        long least = long.MaxValue;
        // The count is the whole process's: other tests allocate beside this one, but not always.
        for (int i = 0; i < 10 && least > Limits.ActivationBytes / 4; i++)
        {
            (RawPeer peer, Link bob) = await RawPeer.LinkAsync(LinkKind.Activation);
            await using RawPeer _ = peer;
            Task<ToreException?> running = bob.RunAsync(new RecordingHandler(), Token);
            long before = GC.GetTotalAllocatedBytes(precise: true);

            byte[] head = new byte[Frame.HeaderBytes];
            Frame.WriteHeader(head, MessageType.Activations, Limits.ActivationFrameBytes - Frame.HeaderBytes);
            await peer.SendAsync(head);
            await peer.CloseAsync();

            Assert.Equal(ErrorCodes.WireMalformed, (await running)?.Code);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.InRange(least, 0, Limits.ActivationBytes / 4);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_HandlerReadsAMalformedBody_EndsTheLink()
    {
        (RawPeer peer, Link bob) = await RawPeer.LinkAsync(LinkKind.Activation);
        await using RawPeer _ = peer;
        Task<ToreException?> running = bob.RunAsync(new ReadingHandler(), Token);
        byte[] frame = new byte[Frame.HeaderBytes + 3];
        Frame.WriteHeader(frame, MessageType.ChunkDone, 3);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Frame.HeaderBytes), 0x93c1);

        await peer.SendAsync(frame);

        Assert.Equal(ErrorCodes.WireMalformed, (await running)?.Code);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Run_RandomBytes_EndsWithACodeOrWaits(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 20; i++)
        {
            (RawPeer peer, Link bob) = await RawPeer.LinkAsync(LinkKind.Control);
            await using RawPeer _ = peer;
            Task<ToreException?> running = bob.RunAsync(new ReadingHandler(), Token);
            byte[] noise = new byte[random.Next(1, 500)];
            random.NextBytes(noise);

            await peer.SendAsync(noise);
            await peer.CloseAsync();

            Assert.Contains((await running)?.Code, new[] { ErrorCodes.WireMalformed, ErrorCodes.WireLimit });
        }
    }

    private sealed class ReadingHandler : IFrameHandler
    {
        public ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
        {
            if (type == MessageType.ChunkDone)
            {
                WireMessage.Read<ChunkDone>(body);
            }
            return ValueTask.CompletedTask;
        }
    }
}
