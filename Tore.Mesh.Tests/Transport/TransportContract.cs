using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Transport;

/// <summary>What every transport promises. Each of the three runs all of it.</summary>
public abstract class TransportContract
{
    private static readonly ToreException Cause = new(ErrorCodes.StageLost, "the test's own reason");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal abstract ITransport Dialler(TransportOptions options);

    internal abstract ITransport Acceptor(TransportOptions options);

    private protected abstract EndPoint AnyAddress { get; }

    /// <summary>An address where nothing listens.</summary>
    private protected abstract EndPoint DeadAddress { get; }

    [Fact(Timeout = 20_000)]
    public async Task Bytes_BothWays_ArriveInOrder()
    {
        await using Pair pair = await ConnectAsync();

        await pair.Dialled.Output.WriteAsync("to the acceptor"u8.ToArray(), Token);
        await pair.Accepted.Output.WriteAsync("to the dialler"u8.ToArray(), Token);

        Assert.Equal("to the acceptor"u8.ToArray(), await ReadAsync(pair.Accepted.Input, 15));
        Assert.Equal("to the dialler"u8.ToArray(), await ReadAsync(pair.Dialled.Input, 14));
        await pair.Dialled.WaitSentAsync(15, Token);
        Assert.Null(pair.Dialled.CloseReason);
        Assert.Equal(15, pair.Dialled.BytesSent);
        Assert.Equal(14, pair.Dialled.BytesReceived);
    }

    [Fact(Timeout = 60_000)]
    public async Task LargeTransfer_BothWaysAtOnce_KeepsEveryByte()
    {
        const int Size = 24 * 1024 * 1024;
        await using Pair pair = await ConnectAsync();

        await Task.WhenAll(
            SendPatternAsync(pair.Dialled.Output, Size, seed: 1), SendPatternAsync(pair.Accepted.Output, Size, seed: 2),
            ExpectPatternAsync(pair.Accepted.Input, Size, seed: 1), ExpectPatternAsync(pair.Dialled.Input, Size, seed: 2));

        Assert.Equal(Size, pair.Accepted.BytesReceived);
    }

    [Fact(Timeout = 60_000)]
    public async Task Writer_ReaderStalls_IsHeldBackAndThenGoesOn()
    {
        const int Size = 64 * 1024 * 1024;
        const int Buffered = 32 * 1024 * 1024; // more than two pipes and the system's socket buffers hold together
        const int ReceiveBuffer = 128 * 1024;
        var options = new TransportOptions { SendBufferBytes = 256 * 1024, ReceiveBufferBytes = ReceiveBuffer };
        await using Pair pair = await ConnectAsync(options);

        Task<FlushResult> held = pair.Dialled.Output.WriteAsync(new byte[Size], Token).AsTask();

        for (long read = 0; read < Size;)
        {
            Assert.True(read >= Size - Buffered || !held.IsCompleted, $"the writer went on after {read} bytes were read");
            Assert.InRange(pair.Accepted.BytesReceived - read, 0, ReceiveBuffer + (64 * 1024));
            ReadResult result = await pair.Accepted.Input.ReadAsync(Token);
            read += result.Buffer.Length;
            pair.Accepted.Input.AdvanceTo(result.Buffer.End);
        }
        Assert.False((await held).IsCompleted);
    }

    [Fact(Timeout = 20_000)]
    public async Task CompleteOutput_OtherDirection_StaysOpen()
    {
        await using Pair pair = await ConnectAsync();

        await pair.Dialled.Output.WriteAsync("last words"u8.ToArray(), Token);
        await pair.Dialled.Output.CompleteAsync();

        Assert.Equal("last words"u8.ToArray(), await ReadToEndAsync(pair.Accepted.Input));
        Assert.False(pair.Accepted.Closed.IsCompleted);

        await pair.Accepted.Output.WriteAsync("heard"u8.ToArray(), Token);
        await pair.Accepted.Output.CompleteAsync();
        Assert.Equal("heard"u8.ToArray(), await ReadToEndAsync(pair.Dialled.Input));

        await Task.WhenAll(pair.Dialled.Closed, pair.Accepted.Closed);
        Assert.Null(pair.Dialled.CloseReason);
        Assert.Null(pair.Accepted.CloseReason);
    }

    [Theory(Timeout = 20_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_EitherSide_EndsBothAndTheFirstCauseWins(bool byDialler)
    {
        await using Pair pair = await ConnectAsync();
        (ITransportConnection here, ITransportConnection there) = byDialler ? (pair.Dialled, pair.Accepted) : (pair.Accepted, pair.Dialled);
        Task<ReadResult> hereReads = here.Input.ReadAsync(Token).AsTask();
        Task<ReadResult> thereReads = there.Input.ReadAsync(Token).AsTask();

        here.Abort(Cause);
        here.Abort(new ToreException(ErrorCodes.Busy, "too late"));

        Assert.Same(Cause, await Assert.ThrowsAsync<ToreException>(() => hereReads));
        Assert.Equal(ErrorCodes.LinkClosed, (await Assert.ThrowsAsync<ToreException>(() => thereReads)).Code);
        await Task.WhenAll(here.Closed, there.Closed);
        Assert.Same(Cause, here.CloseReason);
        Assert.Same(Cause, (await Assert.ThrowsAsync<ToreException>(() => here.Output.WriteAsync(new byte[1], Token).AsTask())));
        Assert.NotNull(there.CloseReason);
    }

    [Fact(Timeout = 20_000)]
    public async Task Abort_WriterHeldBack_FreesIt()
    {
        await using Pair pair = await ConnectAsync(new TransportOptions { SendBufferBytes = 64 * 1024, ReceiveBufferBytes = 64 * 1024 });
        Task<FlushResult> held = pair.Dialled.Output.WriteAsync(new byte[32 * 1024 * 1024], Token).AsTask();
        Task drained = pair.Dialled.WaitSentAsync(32 * 1024 * 1024, Token).AsTask();
        Assert.False(held.IsCompleted);

        pair.Dialled.Abort(Cause);

        Assert.Same(Cause, await Assert.ThrowsAsync<ToreException>(() => held));
        await drained;
        await pair.Dialled.Closed;
    }

    [Fact(Timeout = 20_000)]
    public async Task Abort_ReceiverHeldBack_EndsItsLoops()
    {
        await using Pair pair = await ConnectAsync(new TransportOptions { SendBufferBytes = 64 * 1024, ReceiveBufferBytes = 64 * 1024 });
        Task<FlushResult> held = pair.Dialled.Output.WriteAsync(new byte[32 * 1024 * 1024], Token).AsTask();
        await ReadAsync(pair.Accepted.Input, 1);

        pair.Accepted.Abort(Cause);

        await pair.Accepted.Closed;
        await Assert.ThrowsAsync<ToreException>(() => held);
        await pair.Dialled.Closed;
    }

    [Fact(Timeout = 20_000)]
    public async Task Dispose_UnsentBytes_AreSentFirst()
    {
        await using Pair pair = await ConnectAsync();
        byte[] data = new byte[3 * 1024 * 1024];
        data[^1] = 7;
        await pair.Dialled.Output.WriteAsync(data, Token);

        Task disposed = pair.Dialled.DisposeAsync().AsTask();
        byte[] read = await ReadToEndAsync(pair.Accepted.Input);
        await pair.Accepted.DisposeAsync();
        await disposed;

        Assert.Equal(data, read);
        Assert.Null(pair.Dialled.CloseReason);
        Assert.Null(pair.Accepted.CloseReason);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dispose_PeerThatNeverReads_EndsAfterTheLingerTime()
    {
        var options = new TransportOptions { SendBufferBytes = 64 * 1024, ReceiveBufferBytes = 64 * 1024, Linger = TimeSpan.Zero };
        await using Pair pair = await ConnectAsync(options);
        Task<FlushResult> held = pair.Dialled.Output.WriteAsync(new byte[32 * 1024 * 1024], Token).AsTask();

        await pair.Dialled.DisposeAsync();

        await Assert.ThrowsAsync<ToreException>(() => held);

        Assert.True(pair.Dialled.Closed.IsCompleted);
        Assert.Equal(ErrorCodes.LinkClosed, pair.Dialled.CloseReason?.Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dispose_NeverOpened_Ends()
    {
        ITransport acceptor = Acceptor(new TransportOptions());
        await using ITransportListener listener = acceptor.Listen(AnyAddress);
        ITransportConnection dialled = await Dialler(new TransportOptions()).DialAsync(listener.EndPoint, Token);

        await dialled.DisposeAsync();

        Assert.True(dialled.Closed.IsCompleted);
    }

    [Fact(Timeout = 20_000)]
    public async Task Read_Cancelled_LeavesTheConnectionWhole()
    {
        await using Pair pair = await ConnectAsync();
        using var source = new CancellationTokenSource();
        Task<ReadResult> reading = pair.Accepted.Input.ReadAsync(source.Token).AsTask();

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        await pair.Dialled.Output.WriteAsync("still here"u8.ToArray(), Token);
        Assert.Equal("still here"u8.ToArray(), await ReadAsync(pair.Accepted.Input, 10));
    }

    [Fact(Timeout = 20_000)]
    public async Task Accept_Cancelled_ThenAcceptsTheNext()
    {
        await using ITransportListener listener = Acceptor(new TransportOptions()).Listen(AnyAddress);
        using var source = new CancellationTokenSource();
        Task<ITransportConnection?> accepting = listener.AcceptAsync(source.Token).AsTask();

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);

        await using ITransportConnection dialled = await Dialler(new TransportOptions()).DialAsync(listener.EndPoint, Token);
        await using ITransportConnection? accepted = await listener.AcceptAsync(Token);
        Assert.NotNull(accepted);
    }

    [Fact(Timeout = 20_000)]
    public async Task DisposeListener_FreesTheAddressAndEndsAccept()
    {
        ITransport acceptor = Acceptor(new TransportOptions());
        ITransportListener listener = acceptor.Listen(AnyAddress);
        Task<ITransportConnection?> accepting = listener.AcceptAsync(Token).AsTask();
        EndPoint address = listener.EndPoint;

        Assert.Equal(ErrorCodes.PortInUse, Assert.Throws<ToreException>(() => acceptor.Listen(address)).Code);
        await listener.DisposeAsync();

        Assert.Null(await accepting);
        await using ITransportListener again = acceptor.Listen(address);
        Assert.Equal(address, again.EndPoint);
    }

    [Fact(Timeout = 20_000)]
    public async Task DisposeListener_OpenConnections_LiveOn()
    {
        await using Pair pair = await ConnectAsync();

        await pair.Listener.DisposeAsync();

        await pair.Dialled.Output.WriteAsync("alive"u8.ToArray(), Token);
        Assert.Equal("alive"u8.ToArray(), await ReadAsync(pair.Accepted.Input, 5));
    }

    [Fact(Timeout = 20_000)]
    public async Task Dial_NobodyListens_IsPeerUnreachable()
    {
        ToreException failure = await Assert.ThrowsAsync<ToreException>(
            async () => await Dialler(new TransportOptions()).DialAsync(DeadAddress, Token));

        Assert.Equal(ErrorCodes.PeerUnreachable, failure.Code);
        Assert.Contains(DeadAddress.ToString()!, failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dial_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Dialler(new TransportOptions()).DialAsync(DeadAddress, source.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task ManyConnections_AtOnce_KeepTheirBytesApart()
    {
        const int Count = 24;
        await using ITransportListener listener = Acceptor(new TransportOptions()).Listen(AnyAddress);
        ITransport dialler = Dialler(new TransportOptions());
        Task[] echoes = [.. Enumerable.Range(0, Count).Select(async _ => await EchoOnceAsync((await listener.AcceptAsync(Token))!))];
        Task<byte[]>[] calls = [.. Enumerable.Range(0, Count).Select(i => CallAsync(dialler, listener.EndPoint, (byte)i))];

        byte[][] answers = await Task.WhenAll(calls);
        await Task.WhenAll(echoes);

        Assert.All(answers, (answer, i) => Assert.Equal(Enumerable.Repeat((byte)i, 50_000), answer));
    }

    internal async Task<Pair> ConnectAsync(TransportOptions? options = null)
    {
        options ??= new TransportOptions();
        ITransportListener listener = Acceptor(options).Listen(AnyAddress);
        Task<ITransportConnection?> accepting = listener.AcceptAsync(Token).AsTask();
        ITransportConnection dialled = await Dialler(options).DialAsync(listener.EndPoint, Token);
        ITransportConnection accepted = (await accepting)!;
        await Task.WhenAll(dialled.OpenAsync(Token).AsTask(), accepted.OpenAsync(Token).AsTask());
        return new Pair(listener, dialled, accepted);
    }

    private static async Task<byte[]> CallAsync(ITransport dialler, EndPoint address, byte mark)
    {
        await using ITransportConnection connection = await dialler.DialAsync(address, Token);
        await connection.OpenAsync(Token);
        await connection.Output.WriteAsync(Enumerable.Repeat(mark, 50_000).ToArray(), Token);
        await connection.Output.CompleteAsync();
        return await ReadToEndAsync(connection.Input);
    }

    private static async Task EchoOnceAsync(ITransportConnection connection)
    {
        await using (connection)
        {
            await connection.OpenAsync(Token);
            await connection.Output.WriteAsync(await ReadToEndAsync(connection.Input), Token);
        }
    }

    private static async Task SendPatternAsync(PipeWriter output, int size, int seed)
    {
        byte[] chunk = new byte[100_003];
        for (int sent = 0; sent < size; sent += chunk.Length)
        {
            int length = Math.Min(chunk.Length, size - sent);
            for (int i = 0; i < length; i++)
            {
                chunk[i] = PatternAt(sent + i, seed);
            }
            await output.WriteAsync(chunk.AsMemory(0, length), Token);
        }
    }

    private static async Task ExpectPatternAsync(PipeReader input, int size, int seed)
    {
        for (int position = 0; position < size;)
        {
            ReadResult result = await input.ReadAsync(Token);
            foreach (ReadOnlyMemory<byte> segment in result.Buffer)
            {
                foreach (byte value in segment.Span)
                {
                    if (value != PatternAt(position++, seed))
                    {
                        Assert.Fail($"byte {position - 1} differs");
                    }
                }
            }
            input.AdvanceTo(result.Buffer.End);
        }
    }

    private static byte PatternAt(int position, int seed) => (byte)((position * 31) + (position >> 11) + seed);

    private static async Task<byte[]> ReadAsync(PipeReader input, int length)
    {
        ReadResult result = await input.ReadAtLeastAsync(length, Token);
        byte[] data = result.Buffer.Slice(0, length).ToArray();
        input.AdvanceTo(result.Buffer.GetPosition(length));
        return data;
    }

    private static async Task<byte[]> ReadToEndAsync(PipeReader input)
    {
        ReadResult result = await input.ReadAtLeastAsync(int.MaxValue, Token);
        byte[] data = result.Buffer.ToArray();
        input.AdvanceTo(result.Buffer.End);
        return data;
    }

    internal sealed record Pair(ITransportListener Listener, ITransportConnection Dialled, ITransportConnection Accepted) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Listener.DisposeAsync();
            await Task.WhenAll(Dialled.DisposeAsync().AsTask(), Accepted.DisposeAsync().AsTask());
        }
    }
}
