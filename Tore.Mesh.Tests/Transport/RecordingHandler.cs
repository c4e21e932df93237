using System.Buffers;
using System.Threading.Channels;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>Keeps the frames of a link, and lets a test wait for them.</summary>
internal sealed class RecordingHandler : IFrameHandler
{
    private readonly Channel<(MessageType Type, byte[] Body)> _frames = Channel.CreateUnbounded<(MessageType, byte[])>();

    /// <summary>Called with each frame before it is kept; may throw or wait.</summary>
    public Func<MessageType, ValueTask> OnFrame { get; init; } = _ => ValueTask.CompletedTask;

    public async ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
    {
        await OnFrame(type);
        _frames.Writer.TryWrite((type, body.ToArray()));
    }

    public ValueTask<(MessageType Type, byte[] Body)> NextAsync() => _frames.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async Task<T> NextAsync<T>()
        where T : struct, IMessage<T>
    {
        (MessageType type, byte[] body) = await NextAsync();
        Assert.Equal(T.Type, type);
        return WireMessage.Read<T>(new ReadOnlySequence<byte>(body));
    }
}
