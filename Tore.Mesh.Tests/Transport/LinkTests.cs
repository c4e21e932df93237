using System.Buffers;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>Frames over a link that stands.</summary>
public sealed class LinkTests
{
    private static readonly Guid Sequence = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 20_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Establish_BothEnds_KnowEachOther(bool overTls)
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Activation, overTls);

        Assert.Equal(TestNodes.Bob.Id, pair.Ann.Peer.Id);
        Assert.Equal(TestNodes.Ann.Id, pair.Bob.Peer.Id);
        Assert.Equal((LinkRole.Dialler, LinkRole.Acceptor), (pair.Ann.Role, pair.Bob.Role));
        Assert.Equal((LinkKind.Activation, LinkKind.Activation), (pair.Ann.Kind, pair.Bob.Kind));
        Assert.Equal(1, pair.Bob.WireVersion);
    }

    [Theory(Timeout = 20_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_MessagesBothWays_ArriveInOrder(bool overTls)
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls);
        RecordingHandler ann = new();
        RecordingHandler bob = new();
        _ = pair.Ann.RunAsync(ann, Token);
        _ = pair.Bob.RunAsync(bob, Token);

        for (uint i = 0; i < 100; i++)
        {
            Assert.Equal(SendResult.Sent, pair.Ann.TrySend(new Ping(i, 5)));
            await pair.Bob.SendAsync(new Pong(i, 5, 6), Token);
        }

        for (uint i = 0; i < 100; i++)
        {
            Assert.Equal(new Ping(i, 5), await bob.NextAsync<Ping>());
            Assert.Equal(new Pong(i, 5, 6), await ann.NextAsync<Pong>());
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_LargestTensor_ArrivesBitForBit(bool overTls)
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Activation, overTls);
        RecordingHandler bob = new();
        _ = pair.Bob.RunAsync(bob, Token);
        float[] rows = new float[Limits.ActivationBytes / sizeof(float)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = BitConverter.Int32BitsToSingle(i * 1_000_003);
        }
        var header = new Activations(Sequence, Route: 1, Position: 0, Count: 512, rows.Length / 512, ActivationFlags.Sample, Ids: default);

        Assert.Equal(SendResult.Sent, pair.Ann.TrySend(header, rows));

        (MessageType type, byte[] body) = await bob.NextAsync();
        Activations read = WireMessage.ReadWithTensor<Activations>(new ReadOnlySequence<byte>(body), out ReadOnlySequence<byte> tensor);
        Assert.Equal(MessageType.Activations, type);
        Assert.Equal((header.Position, header.Count, header.Width, header.Flags), (read.Position, read.Count, read.Width, read.Flags));
        Assert.Equal(read.TensorBytes, tensor.Length);
        Assert.True(tensor.ToArray().AsSpan().SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(rows)));
    }

    [Fact(Timeout = 20_000)]
    public async Task TrySend_NobodyReads_RefusesWhenTheQueueIsFullAndCountsIt()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        var text = new Refused(1, "busy", new string('x', Limits.WireTextBytes));

        int sent = 0;
        while (pair.Ann.TrySend(text) == SendResult.Sent)
        {
            sent++;
        }

        // The queue, the peer's receive buffer, and what is between the two.
        Assert.InRange(sent * 4096L, Limits.ControlQueueBytes - 8192, Limits.ControlQueueBytes + (2 * Limits.ReceiveBufferBytes));
        Assert.Equal(1, pair.Ann.DroppedMessages);
        Task waiting = pair.Ann.SendAsync(text, Token).AsTask();

        RecordingHandler bob = new();
        _ = pair.Bob.RunAsync(bob, Token);
        await waiting;
        for (int i = 0; i <= sent; i++)
        {
            Assert.Equal(text, await bob.NextAsync<Refused>());
        }
    }

    [Fact(Timeout = 20_000)]
    public async Task SendAsync_QueueFullThenAborted_ThrowsTheReason()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        var text = new Refused(1, "busy", new string('x', Limits.WireTextBytes));
        Task waiting = await SendUntilOneWaitsAsync(pair.Ann, text, Token);

        pair.Ann.Abort(new ToreException(ErrorCodes.StageLost, "the test's own reason"));

        Assert.Equal(ErrorCodes.StageLost, (await Assert.ThrowsAsync<ToreException>(() => waiting)).Code);
        Assert.Equal(SendResult.Closed, pair.Ann.TrySend(text));
    }

    [Fact(Timeout = 20_000)]
    public async Task SendAsync_Cancelled_QueuesNothing()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        var text = new Refused(1, "busy", new string('x', Limits.WireTextBytes));
        using var source = new CancellationTokenSource();
        Task waiting = await SendUntilOneWaitsAsync(pair.Ann, text, source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact(Timeout = 20_000)]
    public async Task Handler_ThatWaits_HoldsThePeerBack()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: true);
        var gate = new TaskCompletionSource();
        RecordingHandler bob = new() { OnFrame = _ => new ValueTask(gate.Task) };
        _ = pair.Bob.RunAsync(bob, Token);
        var text = new Refused(1, "busy", new string('x', Limits.WireTextBytes));
        int sent = 0;
        while (pair.Ann.TrySend(text) == SendResult.Sent)
        {
            sent++;
        }

        gate.SetResult();
        for (int i = 0; i < sent; i++)
        {
            await bob.NextAsync<Refused>();
        }
    }

    [Fact(Timeout = 20_000)]
    public async Task TrySend_MessageOfTheOtherKind_IsTheCallersMistake()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);

        Assert.Throws<InvalidOperationException>(() => pair.Ann.TrySend(new ChunkDone(Sequence, 1, 1)));
        Assert.Throws<InvalidOperationException>(() => pair.Ann.TrySend(new Ping(1, 1), new float[3]));
    }

    [Fact(Timeout = 20_000)]
    public async Task TrySend_MessageAboveTheFrameLimit_IsWireLimit()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        var start = new StartSequence { Sequence = Sequence, PromptIds = new int[Limits.ControlFrameBytes] };

        Assert.Equal(ErrorCodes.WireLimit, Assert.Throws<ToreException>(() => pair.Ann.TrySend(start)).Code);
        Assert.Equal(SendResult.Sent, pair.Ann.TrySend(new Ping(1, 1)));
    }

    [Theory(Timeout = 20_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_WithGoodbye_TellsThePeerWhy(bool overTls)
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls);
        RecordingHandler bob = new();
        Task<ToreException?> running = pair.Bob.RunAsync(bob, Token);
        pair.Ann.TrySend(new Ping(7, 1));

        await pair.Ann.CloseAsync(ErrorCodes.Draining, "The node is shutting down.");

        Assert.Equal(7u, (await bob.NextAsync<Ping>()).Sequence);
        ToreException? reason = await running;
        Assert.Equal(ErrorCodes.Draining, reason?.Code);
        Assert.Contains("shutting down", reason!.Message, StringComparison.Ordinal);
        await pair.Bob.Closed;
        Assert.Equal(SendResult.Closed, pair.Bob.TrySend(new Ping(8, 1)));
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_GoodbyeWithACodeThatIsNone_IsLinkClosed()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        Task<ToreException?> running = pair.Bob.RunAsync(new RecordingHandler(), Token);

        await pair.Ann.CloseAsync("Not A Code\n", "x");

        Assert.Equal(ErrorCodes.LinkClosed, (await running)?.Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_PeerClosesWithoutGoodbye_EndsInOrder()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: true);
        Task<ToreException?> running = pair.Bob.RunAsync(new RecordingHandler(), Token);

        await pair.Ann.DisposeAsync();

        Assert.Null(await running);
        Assert.Null(pair.Bob.CloseReason);
        Assert.Null(pair.Ann.CloseReason);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_PeerAborts_GivesAReason()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: true);
        Task<ToreException?> running = pair.Bob.RunAsync(new RecordingHandler(), Token);

        pair.Ann.Abort(new ToreException(ErrorCodes.StageLost, "the test's own reason"));

        Assert.Equal(ErrorCodes.LinkClosed, (await running)?.Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dispose_WhileRunning_EndsTheLoopInOrder()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: true);
        Task<ToreException?> annRuns = pair.Ann.RunAsync(new RecordingHandler(), Token);
        Task<ToreException?> bobRuns = pair.Bob.RunAsync(new RecordingHandler(), Token);

        await pair.Ann.DisposeAsync();

        Assert.Null(await annRuns);
        Assert.Null(await bobRuns);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dispose_FromWithinTheHandler_EndsTheLink()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        RecordingHandler bob = new() { OnFrame = _ => pair.Bob.CloseAsync(ErrorCodes.Draining, "enough") };
        Task<ToreException?> bobRuns = pair.Bob.RunAsync(bob, Token);
        Task<ToreException?> annRuns = pair.Ann.RunAsync(new RecordingHandler(), Token);

        pair.Ann.TrySend(new Ping(1, 1));

        Assert.Equal(ErrorCodes.Draining, (await annRuns)?.Code);
        Assert.Null(await bobRuns);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_HandlerRefuses_ClosesForItsReason()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        var refusal = new ToreException(ErrorCodes.WireMalformed, "a ping too many");
        Task<ToreException?> running = pair.Bob.RunAsync(new RecordingHandler { OnFrame = _ => throw refusal }, Token);

        pair.Ann.TrySend(new Ping(1, 1));

        Assert.Same(refusal, await running);
        Assert.Same(refusal, pair.Bob.CloseReason);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_Cancelled_ClosesTheLink()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        using var source = new CancellationTokenSource();
        Task<ToreException?> running = pair.Bob.RunAsync(new RecordingHandler(), source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(ErrorCodes.LinkClosed, pair.Bob.CloseReason?.Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Run_Twice_IsTheCallersMistake()
    {
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: false);
        _ = pair.Bob.RunAsync(new RecordingHandler(), Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Bob.RunAsync(new RecordingHandler(), Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task TrySend_FromManyThreads_KeepsFramesWhole()
    {
        const int Each = 2000;
        await using LinkPair pair = await LinkPair.ConnectAsync(LinkKind.Control, overTls: true);
        RecordingHandler bob = new();
        _ = pair.Bob.RunAsync(bob, Token);

        Task[] senders = [.. Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
            {
                await pair.Ann.SendAsync(new Pong((uint)sender, i, new string('x', 1).Length), Token);
            }
        }))];

        long[] next = new long[4];
        for (int i = 0; i < 4 * Each; i++)
        {
            Pong pong = await bob.NextAsync<Pong>();
            Assert.Equal(next[pong.Sequence]++, pong.PingSentAtMicroseconds);
        }
        await Task.WhenAll(senders);
    }

    /// <summary>Sends until queue and peer are full to the brim: the first QueueFull comes while bytes still move to the peer.</summary>
    private static async Task<Task> SendUntilOneWaitsAsync(Link link, Refused text, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task sending = link.SendAsync(text, cancellationToken).AsTask();
            if (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(250), Token)) != sending)
            {
                return sending;
            }
        }
    }
}
